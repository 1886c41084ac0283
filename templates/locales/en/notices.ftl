# Words of subscriptions, digests and alerts.

# Page of one's subscriptions
notice-title = Notices by mail
notice-lead = You are told by mail about the units within your rights. Rights are checked again each time a mail is written.
notice-to = Mails go to { $mail }, in { $language }.
notice-mail-vi = Vietnamese
notice-mail-en = English
notice-no-mail = This account has no mail address. Ask an administrator to enter one.
notice-no-right = There is no survey you could subscribe to: your roles let you read results of no unit. Ask an administrator.
notice-running = What you get
notice-none = You have subscribed to nothing.
notice-kind-digest = Monthly digest
notice-kind-digest-meaning = On the first of each month from 7:00: the index of the month before, how it changed, the weakest item, the number of comments.
notice-kind-release = New release
notice-kind-release-meaning = When a release of results is published.
notice-kind-alert = Alert
notice-kind-alert-meaning = When a unit's index falls significantly, or unusually many forms look as if they were filled in without reading.
notice-about-series = Series { $series } (all surveys)
notice-all-units = All units within my rights
notice-since = Since { $at }
notice-end = Unsubscribe
notice-add = Subscribe
notice-what = What do you want to be told?
notice-which = About which survey?
notice-which-series = Repeated surveys, also those to come
notice-which-surveys = Single surveys
notice-which-choose = Choose a survey
notice-where = About which unit?
notice-go = Subscribe
notice-choose-kind = Choose at least one kind of notice.
notice-choose-survey = Choose a survey or a series from the list.
notice-choose-unit = This unit is not in that survey, or not within your rights. Choose another.

# Page behind the link of a mail
notice-link-title = Unsubscribe
notice-link-asks = Do you want no more “{ $kind }” about { $about }?
notice-link-go = Unsubscribe
notice-link-ended = You will not get this notice any more.
notice-link-ended-help = To get it again, sign in and subscribe on the page of your account.
notice-link-unknown = This link is not right
notice-link-unknown-help = Open the link of the mail again, or sign in to see your notices.
notice-link-account = My notices

# Figures in mails
notice-points = { $n } points
notice-interval = { $value } ({ $low } to { $high })
notice-ends = { $low } – { $high }
notice-units-all = All { $n } units
notice-units = Your { $n } units
notice-month = { $month }
notice-n = Valid forms
notice-change = Change on { $before }
notice-figure-before = In { $before }
notice-weakest = Weakest item
notice-comments = Forms with a comment
notice-unit = Unit
notice-value = Index
notice-change-short = Change
notice-forms = Forms
notice-mark-fell = a significant fall
notice-mark-rose = a significant rise
notice-demonstration = Demonstration: the answers are simulated.

# Monthly digest
notice-digest-subject = SIPAS { $month } · { $whose }: { $value }
notice-digest-head = { $month }
notice-digest-fell = { $whose }: { $figure }, down { $points } points on { $before }.
notice-digest-rose = { $whose }: { $figure }, up { $points } points on { $before }.
notice-digest-same = { $whose }: { $figure }, no significant difference from { $before }.
notice-digest-first = { $whose }: { $figure }. There were too few forms in { $before } to compare.
notice-digest-few = { $whose }: too few forms in { $month } ({ $n } valid).
notice-digest-none = { $whose }: no form in { $month } yet.
notice-digest-units = Units: significant falls first, then the lowest
notice-digest-not-listed = { $n } more units are higher or have too few forms.
notice-method = How it is computed
notice-method-days = Forms sent from 7:00 on { $first } until 7:00 on { $end }, Vietnam time.
notice-method-test = Changes of units are tested two-sided at 5 %, adjusted by Holm for the { $n } units of the survey.
notice-report = Open the report
notice-attached = The full report comes with this mail (PDF).
notice-pdf-missing = The report could not be attached as PDF; read it on the page.

# Alerts
notice-alert-subject = SIPAS alert · { $headline }
notice-alert-several = { $n } things to look at in your units
notice-in-month = { $month }
notice-until = { $month } (up to { $day })
notice-in-wave = “{ $wave }”
notice-fell = { $unit }: { $now } is down { $points } points on { $then }.
notice-figure-of = Index of { $when }: { $figure }, { $n } valid forms.
notice-weakest-of = Weakest item: { $item } ({ $value }).
notice-alert-test-month = The fall is significant after adjusting by Holm for { $n } units and for looking every day of the month: the chance of any false alarm in the whole month is at most 5 %.
notice-alert-test-wave = The fall is significant at 5 % after adjusting by Holm for { $n } units.
notice-flagged = { $unit }: { $share } of the forms of { $first } – { $last } give the same answer to every item, unusually many.
notice-flagged-detail = { $flagged } of { $n } forms; in the { $weeks } weeks before it usually was { $usual }.
notice-flagged-limit = The upper limit of Laney's p′ control chart for this week is { $limit }.
notice-flagged-meaning = Forms may have been filled in without reading, or by others. Check how they were collected before you use the figures of this week.
notice-alert-do = Look at the unit's answers and comments before you draw a conclusion.

# Releases
notice-release-subject = New release: { $title }
notice-release-what = The release “{ $title }” (code { $release }) of { $survey } was published.
notice-release-open = Open the release

# End of every notice
notice-lang = en
notice-why = You get this mail because you subscribed to notices about { $about }.
notice-manage = My notices
notice-unsubscribe = Unsubscribe from this notice

# Audit log
action-notice-subscribe = Subscribe to a notice
action-notice-unsubscribe = Unsubscribe from a notice
