"""A seed as a file's text, for tests that import one."""


def seed(*, title: str = "T", more: str = "", body: str = "") -> str:
    """`more` are whole lines of front matter."""
    return (
        f"---\ntitle: {title}\nwebUrl: https://a.example/\ntype: article\n"
        f"publishedDateTime: 2026-01-01T00:00:00Z\nprovider: {{name: P}}\n{more}---\n{body}"
    )
