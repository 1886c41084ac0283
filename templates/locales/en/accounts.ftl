
# Accounts: people, rights, sign-in, mail, audit log

# Ways in the head of pages
nav-ways = Administration
nav-surveys = Surveys
nav-questionnaires = Questionnaires
nav-people = People
nav-audit = Audit log
nav-account = Account of { $name }
actor-command-line = command line of the server
done = Saved.
error-heading-429 = Please wait a moment
error-help-429 = There were too many tries in a short time. Wait a moment, then try again.

# Sign in
signin-name-or-mail = User name or mail address
signin-wait-seconds = Wait { $n } seconds, then sign in again.
signin-wait-minutes = Wait { $n } minutes, then sign in again.
signin-wait-help = Several sign-ins just failed. If that was not you, somebody may be trying to guess the password; on a device you have signed in on before you do not have to wait. You can also set a new password by mail.

# Forgotten password
forgot-link = Forgot your password?
forgot-title = Set a new password
forgot-lead = Enter your user name or mail address. If there is an account, you will get a mail with a link to set a new password.
forgot-go = Send the link
forgot-asked = If there is such an account, a mail is on its way.
forgot-asked-help = The link in it works for 1 hour. If no mail arrives, look among the junk mail or ask an administrator: your account may have no mail address yet.
link-first-title = Set your first password
link-reset-title = Set a new password
link-for = Your user name: { $name }
link-go = Save and sign in
link-ended-title = This link does not work any more
link-ended = Each link works once, and only for the time given in the mail. Ask for a new one.
link-ended-go = Ask for a new link

# Own account
account-title = My account
account-no-mail = none yet
sessions-title = Sessions
sessions-lead = Where this account is signed in. If you do not know one, end it and change your password.
session-unknown = Unknown browser
session-this = this one
session-since = Since { $at }
session-end = End
sessions-end-others = End all others
keys-title = API keys
keys-lead = With an API key a program acts for you, with exactly the rights you have.
key-new = Your new key
key-new-help = Copy it now: it is shown only this once. Programs send it in the header “Authorization: Bearer …”.
key-make = Make a key
key-made = Made { $made }, expires { $expires }
key-expired = expired
key-end = Revoke
key-name-label = What the key is for
key-days-label = For how many days it works
key-name = Give the key a name of at most 80 characters.
key-days = The number of days is from 1 to { $n }.
key-many = There are too many keys. Revoke one you no longer use before you make another.

# People
people-title = People
people-invited = The invitation is on its way.
person-name = User name
person-name-help = First and last name, for example “Nguyễn Thị Lan”.
person-mail = Mail address
person-mail-save = Save the address
person-language = Language of mails
person-role = Role
person-role-choose = Choose a role
person-roles = Roles
person-branch = Branch
person-branch-help = Code of a unit; the role holds for it and all units below. Leave it empty for all units.
person-last = Last sign-in
person-never = never
person-state = State
person-state-active = Active
person-state-invited = Invited
person-state-one-time = One-time password
person-state-disabled = Disabled
person-access = Sign-in
person-sessions = Open sessions
invite-title = Invite somebody
invite-lead = They get a mail with a link to set a password of their own, which works for 72 hours.
invite-go = Send the invitation
grant-add = Give the role
grant-revoke = Take away
step-invite-again = Send the invitation again
step-invite-again-meaning = Sends a new mail; the link in the old one no longer works.
step-link = Mail a link to set a password
step-link-meaning = They get a mail to set a new password themselves; the link works for 1 hour.
step-end-sessions = End all sessions
step-end-sessions-meaning = They have to sign in again on every device.
step-disable = Disable the account
step-disable-meaning = They can no longer sign in, and their API keys stop working. It can be undone at any time.
step-enable = Enable the account
step-enable-meaning = They can sign in again with the same password and roles.
trouble-user-name = A user name has 2 to 60 letters, digits, spaces or . - _ '
trouble-mail-address = This is no mail address. Write it like lan@hanoi.gov.vn.
trouble-user-exists = There is a user of this name already. Choose another name.
trouble-mail-exists = Somebody else has this mail address.
trouble-branch-unknown = There is no unit of this code. Choose one of the list.
trouble-branch-not-limited = This role is for all units, not for a branch. Leave the branch empty.
trouble-last-administrator = This is the last administrator who can sign in. Make somebody else an administrator first.
trouble-no-mail = This person has no mail address. Enter one first.
trouble-disabled = The account is disabled. Enable it first.

# Roles
role-administrator = Administrator
role-designer = Questionnaire designer
role-reviewer = Questionnaire reviewer
role-survey-manager = Survey manager
role-analyst = Analyst
role-leader = Leader
role-unit-officer = Unit officer
role-everywhere = { $role }
role-in-branch = { $role } – { $branch }
role-none = no role yet
role-meanings = What may each role do?
role-administrator-meaning = Manages people, reads the audit log, and may do whatever the other roles may.
role-designer-meaning = Writes and changes questionnaires.
role-reviewer-meaning = Reads drafts of questionnaires and approves them.
role-survey-manager-meaning = Opens, closes and publishes surveys of the units in the branch; freezes and publishes releases; reads results before they are public.
role-analyst-meaning = Reads results before they are public and the data behind them, reviews releases, in the branch.
role-leader-meaning = Reads results before they are public and signs releases, in the branch.
role-unit-officer-meaning = Speaks for a unit; sees what is public.

# Mails that failed
mails-title = Mails that could not be sent
mails-lead = They are tried again after growing delays and given up after 3 days. Check the address and the settings of the mail server.
mail-to = To
mail-written = Written
mail-reason = Reason
mail-again = Next try
mail-given-up = Given up

# Audit log
audit-title = Audit log
audit-lead = Who changed what, and when. Rows are only added, never changed or deleted. Vietnam time.
audit-who = Who
audit-action = Action
audit-object = Object
audit-from = From
audit-to = To
audit-show = Show
audit-at = When
audit-detail = Details
audit-none = There are no rows.
audit-older = Older rows
audit-csv = Download (CSV)
audit-check = Check that it is whole
audit-whole = The log is whole: { $n } rows.
audit-whole-help = Note the number of rows and the hash of the last one elsewhere, to notice later if the log was cut short:
audit-broken = The log is not whole from row { $n } on.
audit-broken-help = { $n } rows before it fit. Somebody changed the database behind the program’s back; compare it with a backup.

# Actions in the audit log; one without words shows its code
action-survey-open = Opened a survey
action-survey-close = Closed a survey
action-survey-publish = Published results
action-user-create = Created an account
action-user-one-time-password = Gave a one-time password
action-user-password = Set a password
action-user-invite = Invited somebody
action-user-link = Mailed a link to set a password
action-user-forgot = Asked for a new password
action-user-mail = Changed a mail address
action-user-grant = Gave a role
action-user-revoke = Took a role away
action-user-disable = Disabled an account
action-user-enable = Enabled an account
action-user-session-end = Ended a session
action-user-sessions-end = Ended sessions
action-key-create = Made an API key
action-key-end = Revoked an API key

# Mails
mail-greeting = Dear { $name },
mail-link-limits = The link works once, for { $hours } hours.
mail-signature = SIPAS – measuring satisfaction with public administrative services. This mail was sent automatically; please do not answer it.
mail-invitation-subject = Invitation to SIPAS
mail-invitation-by = { $by } invites you to use SIPAS.
mail-invitation-what = You are invited to use SIPAS.
mail-invitation-do = Open this link to set a password and sign in:
mail-invitation-unknown = If you do not know why you got this mail, ignore it.
mail-reset-subject = A new password for SIPAS
mail-reset-by = { $by } sends you a link to set a new password.
mail-reset-what = Somebody asked for a new password for your account.
mail-reset-do = Open this link to set a new password:
mail-reset-unknown = If you did not ask for it, ignore this mail; your password stays as it is.
