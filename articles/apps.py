from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Newsdesk"


class NewsdeskAdminConfig(AdminConfig):
    default_site = "articles.admin.site.NewsdeskAdminSite"
