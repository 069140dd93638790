package dev.longshore.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Encodes answers; knows of HEAD, whose answers have fields for a body and no body.
final class Http1Encoder extends HttpResponseEncoder {

    private boolean isHead;

    /// On the event loop, before the answer.
    void answersHead(boolean isHead) {
        this.isHead = isHead;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse answer) {
        return isHead || super.isContentAlwaysEmpty(answer);
    }
}
