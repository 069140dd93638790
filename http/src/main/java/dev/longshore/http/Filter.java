package dev.longshore.http;

import java.io.IOException;

/// A link in front of a [Handler]: may answer itself, pass on a changed request, or change the answer. Same
/// threading.
@FunctionalInterface
public interface Filter {

    /// Answers `request`, usually by asking `next`.
    Response handle(Request request, Handler next) throws IOException, InterruptedException;

    /// `handler` behind this filter.
    default Handler before(Handler handler) {
        return request -> handle(request, handler);
    }
}
