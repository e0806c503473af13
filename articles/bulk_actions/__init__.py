"""One verb for many articles: selected, previewed, processed in chunks, undone as one."""
