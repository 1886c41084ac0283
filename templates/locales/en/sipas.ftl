# Words of the pages, English. The same keys stand in ../vi/sipas.ftl.

# Every page
brand = SIPAS
brand-long = Satisfaction with administrative services
skip = Skip to main content
language = Language
language-vi = Tiếng Việt
language-en = English
demonstration = Demonstration data
demonstration-meaning = The answers are simulated; they are nobody’s opinion.
sign-out = Sign out
surveys = Surveys
password-change = Change password
home = Front page
required = answer needed
error-title = Please check

# Front page
home-title = How satisfied are people?
home-lead = Answer a survey here, or see how satisfied people are with the service of state administrative agencies.
home-open = Open for answers
home-open-none = No survey is open for answers now.
home-results = Results
home-results-none = No results have been published yet.
home-answer = Answer
home-own = Results of { $unit }
home-report = See the results
home-administer = Manage surveys
period = { $from } to { $to }
responses = Forms: { $n }
tag-demonstration = demonstration

# Sign in
signin-title = Sign in
signin-lead = For those who run surveys. You do not need to sign in to answer one.
signin-name = User name
signin-password = Password
signin-go = Sign in
signin-failed = The user name or the password is not correct.
signin-failed-help = Check Caps Lock and the keyboard language, then type the password again.

# Password
password-title = Change password
password-first-title = Choose your password
password-first = You signed in with a one-time password. Choose one of your own to go on.
password-current = Current password
password-current-once = One-time password
password-new = New password
password-new-help = At least { $n } characters. A short sentence you can remember is better than a difficult word.
password-again = New password again
password-save = Save password
password-wrong = The present password is not correct.
password-short = The new password is too short. Use at least { $n } characters.
password-differs = The two new passwords are not the same.
password-same = The new password is the same as the present one. Choose another.

# Administrator
admin-title = Surveys
admin-none = There is no survey yet.
admin-none-help = Create one with the command “sipas survey”; “sipas survey --help” shows an example.
column-survey = Survey
column-status = Status
column-period = Period
column-responses = Forms
column-results = Results
survey-done = Done. The status is now: { $status }.
survey-facts = About this survey
survey-code = Code
survey-questionnaire = Questionnaire
survey-streams = Streams
survey-weighting = Weighting
survey-threshold = Fewest valid forms for a published figure
survey-units = Units
survey-steps = Next step
survey-steps-none = There is nothing to do now.
survey-sure = I understand and want to do this
survey-addresses = Addresses for answering
survey-addresses-lead = Put the address into a QR code, a message or a letter. Anyone who has it can answer while the survey is open.
survey-general = General address
survey-general-help = People choose the unit themselves.
survey-addresses-each = Addresses of each unit and service point ({ $n })
survey-addresses-none = There are no addresses yet.
column-unit = Unit
column-kind = Kind
column-address = Address
step-open = Open the survey
step-open-meaning = People can answer from now on, within the period set. It can be closed at any time.
step-close = Close the survey
step-close-meaning = No more forms are taken. Only administrators see the results, unless the survey was set to show them to everybody at once. It can be opened again.
step-publish = Publish the results
step-publish-meaning = Everybody can see the results. They can be withdrawn by closing the survey, but what has been read or downloaded cannot be taken back.
status-draft = Being prepared
status-open = Open
status-closed = Closed
status-published = Published

# Kinds of units
kind-all = All kinds of units
kind-ministry = Ministries
kind-province = Provinces and cities
kind-department = Departments
kind-commune = Communes
kind-ward = Wards
kind-special-zone = Special zones
kind-service-centre = Public administrative service centres
kind-service-branch = Branches and service points
kind-other = Other units

# Answering
start-unit = Which unit is this about?
start-unit-choose = Choose a unit
start-unit-needed = Please choose the unit you want to rate.
start-go = Start
start-minutes = About { $n } minutes
start-seconds = About { $n } seconds
part-of = Part { $at } of { $of }
errors-heading = Some answers need another look
errors-lead = Everything you answered has been kept.
more-questions = Because of what you answered, there are more questions or options here. Please answer them, then press “Continue”.
next = Continue
back = Back
specify = Please say which
text-limit = At most { $n } characters
answer-yes = I agree
review-title = Check your answers and send
review-lead = Nothing has been sent yet. Check your answers, change them if you like, then press “Send”.
review-change = Change
review-change-section = section { $title }
review-none = Not answered
send = Send
trouble-heading = Your answers have not been sent
trouble-sent-before = This form was sent before with other answers; the first sending counts. To answer a new form, open the survey’s address again.
trouble-busy = Many people are sending answers right now. Yours are still on this page: wait a few seconds and press “Send” again. They will not be counted twice.
trouble-unavailable = Your answers could not be stored. They are still on this page: keep it open and press “Send” again in a few minutes. They will not be counted twice.
thanks-title = Thank you for taking the time to answer.
thanks-kept = Your form has been stored.
thanks-code = Form code
thanks-code-help = The code only shows that your form has arrived; nobody can find you by it. You may close this page.
thanks-again = Answer another form
closed-title = This survey is not taking answers
closed-lead = The survey has not opened yet or is over, so nothing was sent from this page. Thank you for your interest.
closed-next = See other surveys

# Kinds of questions
required-each = answer each line
limit-choose-exactly = Choose exactly { $n }.
limit-choose-between = Choose { $least } to { $most }.
limit-choose-least = Choose at least { $n }.
limit-choose-most = Choose at most { $n }.
limit-number-exactly = Only { $n }.
limit-number-between = From { $least } to { $most }.
limit-number-least = { $n } or more.
limit-number-most = At most { $n }.
limit-date-exactly = Only { $n }.
limit-date-between = From { $least } to { $most } (day/month/year).
limit-date-least = { $n } or later (day/month/year).
limit-date-most = Not after { $n } (day/month/year).
limit-rank-all = Rank all { $n }: place 1 is the most important to you.
limit-rank-exactly = Choose { $n } and rank them: place 1 is the most important to you.
limit-rank-most = Choose up to { $n } and rank them: place 1 is the most important to you.
list-choose = Choose one answer
rank-place = Place { $n }
rank-none = Not placed
rank-up = Up
rank-down = Down
rank-said = is now in place
rank-out = is no longer placed
date-day = Day
date-month = Month
date-year = Year
date-example = For example: 31 / 1 / 2026
live-added = More questions have appeared below.
live-removed = Some questions no longer need an answer.
live-options = The options below have changed.

# Trying out
trial-band = Trial – answers are not stored
tried-title = The trial is complete
tried-lead = Nothing was stored. Below is what would be stored if this were a real form.
tried-again = Try again from the start
tried-answers = Answers that would be stored
tried-question = Question
tried-said = Answer
tried-stored = Stored code
tried-nothing = The form has no answers.
tried-unanswered = Not asked or left out
tried-index = What this form counts for in the index
tried-item = Item
tried-counts = Counts as
tried-satisfied = satisfied
tried-dissatisfied = valid, not satisfied
tried-not-valid = not counted
tried-points = { $n } points
tried-bytes = As stored in the database

# Problems of an answer
problem-required = Please give an answer.
problem-unknown-question = The form has no such question.
problem-unknown-option = Please choose one of the answers given.
problem-wrong-type = This kind of answer does not fit. Please enter it again.
problem-not-a-number = Please enter a number, for example 12.
problem-not-a-day = Please enter a real day, month and year, for example 31/01/2026.
problem-not-whole = Please enter a whole number.
problem-too-small = Please enter { $min } or more.
problem-too-large = Please enter at most { $max }.
problem-same-place = Two options are in place { $n }. Please give each a place of its own.
problem-place-empty = No option is in place { $n }. Please fill the places from 1 without a gap.
problem-out-of-range = Please enter a number from { $min } to { $max }.
problem-too-many-decimals = Please enter a number with at most { $n } decimals.
problem-too-long = The answer is too long. Please use at most { $n } characters.
problem-control-characters = The answer has a character that cannot be read. Please delete it or write the answer again.
problem-too-few = Please choose at least { $n }.
problem-too-many = Please choose at most { $n }.
problem-exclusive = One of the answers cannot be combined with others. Please choose only that one, or leave it out.
problem-not-asked = With your other answers, this question is not asked.
problem-not-offered = With your other answers, this choice is no longer there. Please choose again.
problem-twice = Each item can have one place only.
problem-too-early = Please enter a day from { $day } on.
problem-too-late = Please enter a day no later than { $day }.

# Errors
error-heading-400 = The request could not be understood
error-heading-403 = You may not see or do this
error-heading-404 = This page was not found
error-heading-409 = This contradicts what is stored
error-heading-413 = What was sent is too large
error-heading-503 = The system is busy
error-heading-500 = Something went wrong in the system
error-help-400 = Please open the page again and start over. Nothing was stored.
error-help-403 = If you need this right, ask whoever runs the system. If the form has been open for a long time, open the page again and repeat.
error-help-404 = The address may be mistyped or no longer in use. Check it, or scan the QR code again.
error-help-409 = Someone may have changed this before you. Open the page again to see how things stand.
error-help-413 = Please write less and send again.
error-help-503 = Please wait a few seconds and try again. Nothing has been lost.
error-help-500 = The fault has been recorded. Please try again in a few minutes; if it persists, tell whoever runs the system.
error-detail = Technical detail
