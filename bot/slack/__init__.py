"""The Slack bot. `app` runs it; Slack and aiohttp are imported only below here, and only when it runs."""
