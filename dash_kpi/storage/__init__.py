"""Storage: the models, the database, the snapshots, the migrations."""
