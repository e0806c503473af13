"""Who may do what in the admin. A new address without a row here makes a test fail.

Statuses stand in the order of ROLES. `staff` is a member of staff without any right, `viewer` one with view_article
alone. 302 for a stranger leads to the sign-in page.
"""

ROLES = ("stranger", "staff", "viewer", "Contributor", "Editor", "Chief")

URLS: dict[str, tuple[str, str, str]] = {
    # the address' name: (GET, POST with everything forged, who changes something by that POST)
    "index": ("302 200 200 200 200 200", "302 200 200 200 200 200", ""),
    "login": ("200 302 302 302 302 302", "200 200 200 200 200 200", ""),
    "logout": ("302 405 405 405 405 405", "302 200 200 200 200 200", ""),
    "password_change": ("302 200 200 200 200 200", "302 200 200 200 200 200", ""),
    "password_change_done": ("302 200 200 200 200 200", "302 405 405 405 405 405", ""),
    "autocomplete": ("302 403 403 403 403 403", "302 405 405 405 405 405", ""),
    "jsi18n": ("302 200 200 200 200 200", "302 405 405 405 405 405", ""),
    "auth_group_changelist": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "auth_group_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "auth_group_history": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "auth_group_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "auth_group_change": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "auth/group/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "auth_user_password_change": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_user_settings": (
        "302 200 200 200 200 200",
        "302 302 302 302 302 302",
        "staff viewer Contributor Editor Chief",
    ),
    "articles_user_changelist": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_user_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_user_history": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_user_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_user_change": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles/user/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "articles_article_undo": ("302 405 405 405 405 405", "302 403 403 302 302 302", ""),
    "articles_article_compare": ("302 403 200 200 200 200", "302 405 405 405 405 405", ""),
    "articles_article_restore": ("302 405 405 405 405 405", "302 403 403 400 400 400", ""),
    "articles_article_upstream": ("302 403 200 200 200 200", "302 405 405 405 405 405", ""),
    "articles_article_upstream_decide": ("302 405 405 405 405 405", "302 403 403 400 400 400", ""),
    "articles_article_from_file": ("302 405 405 405 405 405", "302 403 403 400 400 400", ""),
    "articles_article_presence": ("302 403 200 200 200 200", "302 403 200 200 200 200", ""),
    "articles_article_changes": ("302 405 405 405 405 405", "302 403 403 200 200 200", ""),
    "articles_article_preview": ("302 403 200 200 200 200", "302 403 403 200 200 200", ""),
    "articles_article_preview_new": ("302 405 405 405 405 405", "302 403 403 200 200 200", ""),
    "articles_article_seed": ("302 403 200 200 200 200", "302 405 405 405 405 405", ""),
    "articles_article_changelist": ("302 403 200 200 200 200", "302 403 200 302 302 302", ""),
    "articles_article_add": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_article_history": ("302 403 200 200 200 200", "302 403 200 200 200 200", ""),
    "articles_article_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_article_change": ("302 403 200 200 200 200", "302 403 403 200 200 200", ""),
    "articles/article/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "articles_changeset_changelist": ("302 403 200 200 200 200", "302 403 200 200 200 200", ""),
    "articles_changeset_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_changeset_history": ("302 403 200 200 200 200", "302 403 200 200 200 200", ""),
    "articles_changeset_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_changeset_change": ("302 403 200 200 200 200", "302 403 405 405 405 405", ""),
    "articles/changeset/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "articles_conflict_changelist": ("302 403 403 200 200 200", "302 405 405 405 405 405", ""),
    "articles_conflict_decide": ("302 405 405 405 405 405", "302 403 403 400 400 400", ""),
    "articles_importrun_changelist": ("302 403 403 403 403 200", "302 403 403 403 403 200", ""),
    "articles_importrun_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_importrun_history": ("302 403 403 403 403 200", "302 403 403 403 403 200", ""),
    "articles_importrun_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_importrun_change": ("302 403 403 403 403 200", "302 403 403 403 403 405", ""),
    "articles_importrun_undo": ("302 405 405 405 405 405", "302 403 403 403 403 302", "Chief"),
    "articles_importrun_receipt": ("302 403 403 403 403 200", "302 405 405 405 405 405", ""),
    "articles/importrun/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "articles_category_changelist": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_category_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_category_history": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_category_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_category_change": ("302 403 403 200 200 200", "302 403 403 403 403 302", "Chief"),
    "articles/category/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "articles_topic_changelist": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_topic_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_topic_history": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_topic_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_topic_change": ("302 403 403 200 200 200", "302 403 403 403 403 302", "Chief"),
    "articles/topic/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "articles_provider_changelist": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_provider_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_provider_history": ("302 403 403 200 200 200", "302 403 403 200 200 200", ""),
    "articles_provider_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "articles_provider_change": ("302 403 403 200 200 200", "302 403 403 403 403 302", "Chief"),
    "articles/provider/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "axes_accessattempt_changelist": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessattempt_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessattempt_history": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessattempt_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessattempt_change": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes/accessattempt/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "axes_accesslog_changelist": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accesslog_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accesslog_history": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accesslog_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accesslog_change": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes/accesslog/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "axes_accessfailurelog_changelist": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessfailurelog_add": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessfailurelog_history": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessfailurelog_delete": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes_accessfailurelog_change": ("302 403 403 403 403 403", "302 403 403 403 403 403", ""),
    "axes/accessfailurelog/<path:object_id>/": ("302 302 302 302 302 302", "302 302 302 302 302 302", ""),
    "app_list": ("302 404 200 200 200 200", "302 404 200 200 200 200", ""),
    "(?P<url>.*)$": ("302 404 404 404 404 404", "302 404 404 404 404 404", ""),
}

URLS_BY_KIND: dict[tuple[str, str], tuple[str, str, str]] = {
    # An article that somebody published since is no longer the run's to take back.
    ("articles_importrun_undo", "scheduled"): (*URLS["articles_importrun_undo"][:2], ""),
    ("articles_importrun_undo", "live"): (*URLS["articles_importrun_undo"][:2], ""),
    ("articles_article_changes", "scheduled"): ("302 405 405 405 405 405", "302 403 403 403 200 200", ""),
    ("articles_article_changes", "live"): ("302 405 405 405 405 405", "302 403 403 403 200 200", ""),
}
"""Where an address answers otherwise when the article is live, or live later."""

ARTICLE: dict[str, dict[str, str]] = {
    "save": {
        "hidden": "403 403 403 302 302 302",
        "scheduled": "403 403 403 403 302 302",
        "live": "403 403 403 403 302 302",
    },
    "schedule": {
        "hidden": "403 403 403 302 302 302",
        "scheduled": "403 403 403 403 302 302",
        "live": "403 403 403 403 302 302",
    },
    "publish": {
        "hidden": "403 403 403 403 302 302",
        "held": "403 403 403 403 200 200",
        "scheduled": "403 403 403 403 302 302",
        "live": "403 403 403 403 302 302",
    },
    "unpublish": {
        "hidden": "403 403 403 302 302 302",
        "scheduled": "403 403 403 403 302 302",
        "live": "403 403 403 403 302 302",
    },
    "action publish": {
        "hidden": "302 403 200 302 302 302",
        "scheduled": "302 403 200 302 302 302",
        "live": "302 403 200 302 302 302",
    },
    "action unpublish": {
        "hidden": "302 403 200 302 302 302",
        "scheduled": "302 403 200 302 302 302",
        "live": "302 403 200 302 302 302",
    },
    "action set_aside": {
        "hidden": "302 403 200 302 302 302",
        "scheduled": "302 403 200 302 302 302",
        "live": "302 403 200 302 302 302",
    },
    "action bring_back": {
        "hidden": "302 403 200 302 302 302",
        "scheduled": "302 403 200 302 302 302",
        "live": "302 403 200 302 302 302",
    },
    "action hold": {
        "hidden": "302 403 200 302 302 302",
        "scheduled": "302 403 200 302 302 302",
        "live": "302 403 200 302 302 302",
    },
    "action lift_hold": {
        "hidden": "302 403 200 302 302 302",
        "scheduled": "302 403 200 302 302 302",
        "live": "302 403 200 302 302 302",
    },
    "undo": {
        "hidden": "302 403 403 302 302 302",
        "scheduled": "302 403 403 302 302 302",
        "live": "302 403 403 302 302 302",
    },
    "restore": {
        "hidden": "302 403 403 302 302 302",
        "scheduled": "302 403 403 403 302 302",
        "live": "302 403 403 403 302 302",
    },
    "delete": {
        "hidden": "302 403 403 403 403 403",
        "scheduled": "302 403 403 403 403 403",
        "live": "302 403 403 403 403 403",
    },
}
"""What an operation on an article that is hidden, live later or live is answered with; one that is set aside or held as
a hidden one, unless it says otherwise. 403 for a stranger is the sign-in page with what was typed."""

WRITES: dict[str, dict[str, str]] = {
    "save": {
        "hidden": "Contributor Editor Chief",
        "scheduled": "Editor Chief",
        "live": "Editor Chief",
    },
    "schedule": {
        "hidden": "Editor Chief",
        "scheduled": "Editor Chief",
        "live": "Editor Chief",
    },
    "publish": {
        "hidden": "Editor Chief",
        "held": "",
        "scheduled": "",
        "live": "",
    },
    "unpublish": {
        "hidden": "",
        "scheduled": "Editor Chief",
        "live": "Editor Chief",
    },
    "action publish": {
        "hidden": "Editor Chief",
        "held": "",
        "scheduled": "",
        "live": "",
    },
    "action unpublish": {
        "hidden": "",
        "scheduled": "Editor Chief",
        "live": "Editor Chief",
    },
    "action set_aside": {
        "hidden": "Contributor Editor Chief",
        "scheduled": "",
        "live": "",
    },
    "action bring_back": {
        "hidden": "",
        "aside": "Contributor Editor Chief",
        "scheduled": "",
        "live": "",
    },
    "action hold": {
        "hidden": "Contributor Editor Chief",
        "held": "Editor Chief",
        "scheduled": "",
        "live": "",
    },
    "action lift_hold": {
        "hidden": "",
        "held": "Editor Chief",
        "scheduled": "",
        "live": "",
    },
    "undo": {
        "hidden": "Contributor Editor Chief",
        "held": "Editor Chief",
        "scheduled": "Editor Chief",
        "live": "Editor Chief",
    },
    "restore": {
        "hidden": "Contributor Editor Chief",
        "scheduled": "Editor Chief",
        "live": "Editor Chief",
    },
    "delete": {
        "hidden": "",
        "scheduled": "",
        "live": "",
    },
}
"""Who changes the database by it."""
