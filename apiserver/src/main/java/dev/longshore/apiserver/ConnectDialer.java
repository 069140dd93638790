package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.ConnectTarget;
import java.io.IOException;

/// Leads a request on to a kubelet or a workload. Thread-safe; blocks.
///
/// For a request with `Connection: Upgrade` the answer is a [Response.Hijack] with the back end's status and
/// headers, whose session pumps both ways with half-closes; when the back end refuses the upgrade, or for any
/// other request, a [Response.Stream] of what it answers.
@FunctionalInterface
public interface ConnectDialer {

    /// Sends `request` to `target`: its method, body and headers as they are (the API machine has removed the
    /// credentials), the target's path and query in place of its own.
    ///
    /// @throws IOException when nobody answers there
    Response connect(ConnectTarget target, Request request) throws IOException, InterruptedException;
}
