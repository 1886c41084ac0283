
# Designing questionnaires
