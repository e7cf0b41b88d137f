"""Facts about what a report holds."""


def test_contenders_are_the_trained_models(contents):
    assert [model.name for model in contents.contenders] == ["top1", "bpr"]
    assert len(contents.models) == 3


def test_the_deciding_list_length_and_the_unit_come_from_the_comparison(contents):
    assert contents.k == 10
    assert contents.unit == "sessions"


def test_an_item_may_be_unknown(contents):
    assert contents.item(-1) == "(unknown item)"
