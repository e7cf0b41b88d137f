"""Who does the work, and where: jobs, the local engine that carries them out, its workers."""
