package dev.rollcall.http.server.stream;

import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.response.ContentCoding;
import dev.rollcall.http.server.response.ListPage;
import dev.rollcall.http.server.response.ResponseBody;

/**
 * The encoded list of what a query selects, for all who are sent it at a time.
 *
 * @param sequence the last change that is in it
 * @param version the version of what it holds
 * @param content the list, and how it is encoded; whoever got this releases its body
 */
record EncodedList(long sequence, SetVersion version, ListPage.Encoded content) {
  ResponseBody body() {
    return content.body();
  }

  ContentCoding coding() {
    return content.coding();
  }
}
