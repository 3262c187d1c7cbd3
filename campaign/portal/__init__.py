"""The web pages and the HTTP API: what people see and do in a browser.

Pages ask `campaign.records` for what they show and call one use case of `campaign.work` for what they change. Nothing here needs
Prefect; its address is only linked to, and pages say when it is down.
"""
