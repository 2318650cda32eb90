#include "event/media_type.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::event {
namespace {

TEST(MediaType, well_formed_expressions_are_taken_apart) {
  struct Case {
    const char* text;
    const char* type;
    const char* subtype;
    const char* charset;
  };
  for (const auto& c : {Case{"text/xml", "text", "xml", ""},
                        Case{"application/vnd.x.y+json", "application", "vnd.x.y+json", ""},
                        Case{"text/plain; charset=UTF-8", "text", "plain", "utf-8"},
                        Case{"text/plain;a=b;CharSet=\"Iso-8859-1\" ;c=d", "text", "plain", "iso-8859-1"},
                        Case{"text/plain ; charset=us-ascii", "text", "plain", "us-ascii"},
                        Case{"multipart/form-data; boundary=\"a b\\\"c\"", "multipart", "form-data", ""},
                        Case{"a/b;", "a", "b", ""}, Case{"a/b;;x=1", "a", "b", ""},
                        Case{"a/b; x=\"\"", "a", "b", ""}, Case{"!#$/%&'", "!#$", "%&'", ""}}) {
    const auto media_type = parse_media_type(c.text);
    ASSERT_TRUE(media_type) << c.text;
    EXPECT_EQ(media_type->type, c.type) << c.text;
    EXPECT_EQ(media_type->subtype, c.subtype) << c.text;
    EXPECT_EQ(media_type->charset(), c.charset) << c.text;
  }
}

TEST(MediaType, everything_else_is_refused) {
  for (const std::string text : {"",
                                 "text",
                                 "/",
                                 "text/",
                                 "/xml",
                                 "te xt/xml",
                                 "text/x ml",
                                 "text/xml,text/plain",
                                 "text/xml x",
                                 " text/xml",
                                 "text/xml ",
                                 "text/xml; a",
                                 "text/xml; a=",
                                 "text/xml; =b",
                                 "text/xml; a=b c",
                                 "text/xml; a=\"b",
                                 "text/xml; a=\"b\" c",
                                 "text/xml; a=\"\n\"",
                                 "text/xml; a=\"\xc3\xa9\"",
                                 "text/xm\xc3\xa9",
                                 "text/xml\r\nx: y",
                                 "a/b/c",
                                 "a/b; c=\"\\\x01\""})
    EXPECT_FALSE(parse_media_type(text)) << text;
}

TEST(MediaType, json_is_told_by_its_subtype) {
  for (const char* text :
       {"application/json", "text/json", "Application/JSON", "application/problem+json", "a/b+JSON; x=y"})
    EXPECT_TRUE(parse_media_type(text)->is_json()) << text;
  for (const char* text :
       {"application/jsonx", "application/x-json", "application/json-seq", "application/xml", "json/text"})
    EXPECT_FALSE(parse_media_type(text)->is_json()) << text;
}

TEST(MediaType, text_is_text_and_xml) {
  for (const char* text :
       {"text/plain", "TEXT/csv", "application/xml", "application/soap+xml", "image/svg+xml"})
    EXPECT_TRUE(parse_media_type(text)->is_text()) << text;
  for (const char* text : {"application/octet-stream", "image/png", "xml/application", "application/xmlx"})
    EXPECT_FALSE(parse_media_type(text)->is_text()) << text;
}

}  // namespace
}  // namespace signalbox::event
