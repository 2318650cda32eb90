#include "schema/regex_translation.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

namespace signalbox::schema {
namespace {

bool found(const char* ecma, const char* text) {
  const auto translated = to_re2(ecma);
  EXPECT_TRUE(translated) << ecma;
  if (!translated) return false;
  const re2::RE2 regex(*translated, re2::RE2::Quiet);
  EXPECT_TRUE(regex.ok()) << ecma << " as " << *translated << ": " << regex.error();
  return re2::RE2::PartialMatch(text, regex);
}

TEST(RegexTranslation, what_ecma_262_means_is_found) {
  const struct {
    const char *regex, *yes, *no;
  } rows[] = {
      {R"(^\d+$)", "123", "৪২"},
      {R"(^\w$)", "_", "é"},
      {R"(^[\W]$)", "é", "a"},
      {R"(^\s$)", "\xC2\xA0", "x"},
      {R"(^\S$)", "x", "\xE2\x80\x83"},
      {R"(^[\s,]$)", "\xEF\xBB\xBF", "x"},
      {R"(^[^\S]$)", "\v", "x"},
      {R"(^[\s-x]$)", "-", "y"},
      {R"(^[\w-.]+$)", "a-b.c", "a/b"},
      {R"(^.$)", "\t", "\xE2\x80\xA8"},
      {R"(^a$)", "a", "a\n"},
      {R"(^\cC$)", "\x03", "C"},
      {R"(^\u00e9$)", "é", "e"},
      {R"(^\ud83d\ude00$)", "😀", "x"},
      {R"(^\u{1F600}$)", "😀", "x"},
      {R"(^\x41$)", "A", "a"},
      {R"(^\p{Letter}$)", "é", "1"},
      {R"(^\p{L}\P{L}$)", "é1", "11"},
      {R"(^\p{Script=Greek}$)", "π", "p"},
      {R"(^\p{ASCII}[\p{ASCII}]$)", "ab", "é"},
      {R"(^[[]$)", "[", "a"},
      {R"(^[[:alpha:]]$)", "a]", "b]"},
      {R"(^a[^]b$)", "a\nb", "ab"},
      {R"(^(?:a|b)(?<name>c)$)", "bc", "c"},
      {R"(^a{2}$)", "aa", "a"},
      {R"(^a{,2}$)", "a{,2}", "aa"},
      {R"(^{x}$)", "{x}", "x"},
      {R"(^\/\-\$$)", "/-$", "x"},
      {R"(\bfoo\b)", "a foo b", "afoob"},
      {R"(^[\b]$)", "\b", "b"},
      {R"(^\0?$)", "", "0"},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(found(row.regex, row.yes)) << row.regex << " in " << row.yes;
    EXPECT_FALSE(found(row.regex, row.no)) << row.regex << " in " << row.no;
  }
  EXPECT_FALSE(found("[]", "a"));
}

TEST(RegexTranslation, what_has_no_meaning_is_refused_with_its_place) {
  for (const auto& [regex, message] :
       {std::pair{R"(ab(?=c))", "at byte 2: look-around (?= (?! (?<= (?<! is not supported"},
        {R"((?<!a)b)", "at byte 0: look-around (?= (?! (?<= (?<! is not supported"},
        {R"((a)\1)", "at byte 3: back references are not supported"},
        {R"((?<n>a)\k<n>)", "at byte 7: back references are not supported"},
        {R"(\a)", "at byte 0: an unknown escape \\a"},
        {R"(\Z)", "at byte 0: an unknown escape \\Z"},
        {R"((?i)a)", "at byte 0: a group of an unknown kind"},
        {R"((?P<n>a))", "at byte 0: a group of an unknown kind"},
        {R"([a)", "at byte 0: a class without its closing bracket"},
        {R"(a\)", "at byte 1: a backslash at the end"},
        {R"(\u12)", "at byte 0: an escape without its hexadecimal digits"},
        {R"(\u{110000})", "at byte 0: an escape without its hexadecimal digits"},
        {R"(\ud83d)", "at byte 0: half a surrogate pair"},
        {R"(\p)", "at byte 0: \\p without {a property}"},
        {R"(\01)", "at byte 0: an octal escape"},
        {R"(\c1)", "at byte 0: \\c without a letter"}}) {
    const auto translated = to_re2(regex);
    ASSERT_FALSE(translated) << regex;
    EXPECT_EQ(translated.error().message, message) << regex;
  }
}

}  // namespace
}  // namespace signalbox::schema
