package dev.rollcall.http.server.stream;

import dev.rollcall.discovery.SetVersion;
import dev.rollcall.http.server.response.ResponseBody;

/**
 * The encoded list of what a query selects, for all who are sent it at a time.
 *
 * @param sequence the last change that is in it
 * @param version the version of what it holds
 * @param body the list; whoever got this releases it
 */
record EncodedList(long sequence, SetVersion version, ResponseBody body) {}
