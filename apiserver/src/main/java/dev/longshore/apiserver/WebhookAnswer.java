package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.http.HttpDialer;
import dev.longshore.model.OutboundCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// What a webhook answered. What is said of useless answers is what Kubernetes' client says.
///
/// @param bytes one more than are read, at most
record WebhookAnswer(int status, String contentType, byte[] bytes) {

    private static final int LARGEST = 16 * 1024 * 1024;
    private static final int SHOWN = 2048;
    private static final int FIRST_SUCCESS = 200;
    private static final int LAST_SUCCESS = 206;
    private static final int SERVER_ERROR = 500;

    static WebhookAnswer read(HttpDialer.Answer answer) throws IOException {
        return new WebhookAnswer(
                answer.status(),
                answer.headers().first("Content-Type").orElse(""),
                answer.body().readNBytes(LARGEST + 1));
    }

    JsonNode json() throws OutboundCall.Failed {
        if (status < FIRST_SUCCESS || status > LAST_SUCCESS) {
            throw new OutboundCall.Failed(refusal(), status, null);
        }
        if (bytes.length > LARGEST) {
            throw new OutboundCall.Failed("the response is larger than " + LARGEST + " bytes", null);
        }
        if (bytes.length == 0) {
            throw new OutboundCall.Failed(
                    "0-length response with status code: " + status + " and content type: " + contentType, null);
        }
        try {
            return Json.parse(bytes);
        } catch (Json.MalformedException notJson) {
            throw new OutboundCall.Failed(
                    "couldn't get version/kind; json parse error: " + notJson.getMessage(), notJson);
        }
    }

    private String refusal() {
        String told = statusMessage();
        if (!told.isEmpty()) {
            return told;
        }
        String text = text();
        return switch (status) {
            case 400 -> "the server rejected our request for an unknown reason";
            case 401 -> "the server has asked for the client to provide credentials";
            case 403 -> text;
            case 404 -> "the server could not find the requested resource";
            case 405 -> "the server does not allow this method on the requested resource";
            case 406 -> "the server was unable to respond with a content type that the client supports";
            case 409 -> "the server reported a conflict";
            case 422 -> "the server rejected our request due to an error in our request";
            case 429 -> "the server has received too many requests and has asked us to try again later";
            case 503 -> "the server is currently unable to handle the request";
            case 504 ->
                "the server was unable to return a response in the time allotted, but may still be processing the request";
            default ->
                status >= SERVER_ERROR
                        ? "an error on the server (" + Json.object().stringNode(text)
                                + ") has prevented the request from succeeding"
                        : "the server responded with the status code " + status
                                + " but did not return more information";
        };
    }

    /// The message of a Status, if that is what came.
    private String statusMessage() {
        try {
            JsonNode tree = Json.parse(bytes);
            return tree.path("kind").asString("").equals("Status")
                    ? tree.path("message").asString("")
                    : "";
        } catch (Json.MalformedException other) {
            return "";
        }
    }

    private String text() {
        boolean isText = contentType.isEmpty() || contentType.startsWith("text/");
        return isText ? new String(bytes, 0, Math.min(SHOWN, bytes.length), StandardCharsets.UTF_8).strip() : "unknown";
    }
}
