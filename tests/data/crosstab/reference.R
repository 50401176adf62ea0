# Prints the reference numbers of the tests of cross-tabulation, with R's survey package: name, number.
suppressPackageStartupMessages(library(survey))
people <- read.csv(commandArgs(TRUE)[1])
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = people, nest = TRUE)
say <- function(name, number) cat(name, format(as.numeric(number), digits = 17), "\n")

test <- svychisq(~row + column, design, statistic = "F")
say("F", test$statistic); say("ndf", test$parameter[1]); say("ddf", test$parameter[2]); say("p", test$p.value)
fewer <- svychisq(~row + column, subset(design, row != "c"), statistic = "F")
say("F_fewer", fewer$statistic); say("ndf_fewer", fewer$parameter[1]); say("p_fewer", fewer$p.value)

model <- svyglm(score ~ row, design)
wald <- regTermTest(model, ~row, method = "Wald")
say("wald", wald$Ftest); say("wald_df", wald$df); say("wald_ddf", wald$ddf); say("wald_p", wald$p)

for (r in sort(unique(people$row))) {
  of_row <- subset(design, row == r)
  for (k in sort(unique(people$column))) {
    one <- svyciprop(as.formula(sprintf("~I(column == '%s')", k)), of_row, method = "logit", df = degf(of_row))
    say(paste("row", r, k), one); say(paste("row_se", r, k), SE(one))
    say(paste("row_low", r, k), confint(one)[1]); say(paste("row_high", r, k), confint(one)[2])
  }
  score <- svymean(~score, of_row)
  say(paste("mean", r), score); say(paste("mean_se", r), SE(score))
}
for (k in sort(unique(people$column))) {
  of_column <- subset(design, column == k)
  one <- svymean(~I(row == "a"), of_column)
  say(paste("column a", k), one[2]); say(paste("column_se a", k), SE(one)[2])
}
all <- svymean(~interaction(row, column), design)
for (at in seq_along(all)) {
  name <- gsub(".", " ", sub("interaction(row, column)", "", names(all)[at], fixed = TRUE), fixed = TRUE)
  say(paste("all", name), all[at]); say(paste("all_se", name), SE(all)[at])
}
