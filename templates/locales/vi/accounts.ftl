
# Accounts: people, rights, sign-in, mail, audit log
