package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.GoText;
import java.nio.charset.StandardCharsets;

/// Whether somebody may do what they ask for could not be found out, and those who could be asked did not say yes. The
/// answer is no object, as Kubernetes' is none.
final class UndecidedException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int INTERNAL_ERROR = 500;

    UndecidedException(String why) {
        super(why);
    }

    Response answer(Request request) {
        String text = "Internal Server Error: " + GoText.quoted(request.rawTarget()) + ": " + getMessage();
        Headers headers = Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff");
        return new Response.Full(INTERNAL_ERROR, headers, (harmless(text) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Without what a browser might take for a page.
    static String harmless(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
