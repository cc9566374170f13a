# Consul gives a snapshot of the whole state, tokens included, only to who may write them. So this one is as strong as the management
# token: whoever has it can give himself every right.
acl = "write"
