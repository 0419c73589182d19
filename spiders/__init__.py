"""Reading boards: the only room with Scrapy, Twisted and Playwright."""
