package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.GoText;
import java.nio.charset.StandardCharsets;

/// What is answered to a request that the audit log cannot be told of, where it must be: as kube-apiserver does, in
/// plain text.
final class UntoldRequest {

    private UntoldRequest() {}

    static Response answer(Request request) {
        String target =
                request.rawTarget().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return new Response.Full(
                500,
                Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"),
                ("Internal Server Error: " + GoText.quoted(target) + ": failed to store audit event\n")
                        .getBytes(StandardCharsets.UTF_8));
    }
}
