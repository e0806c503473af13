"""What an article's file says, and what the desk wrote to it."""
