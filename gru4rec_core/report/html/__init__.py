"""The report of a comparison as one HTML file: what it holds, how its parts are drawn, the page around them."""
