"""Turn text into documents, passages and a store that survives crashes."""
