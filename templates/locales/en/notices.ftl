# Words of subscriptions, digests and alerts.
