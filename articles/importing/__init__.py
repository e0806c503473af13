"""Seeds into the desk: which files (`walk`), what becomes of each (`runner`), and the record of it (`receipt`)."""
