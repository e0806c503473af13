"""One verb over many articles: chosen and fixed, looked at before, done chunk by chunk, taken back as one."""
