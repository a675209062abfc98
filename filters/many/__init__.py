"""Mail to many: replies to all, long lists of recipients, and private addresses shown to each other."""
