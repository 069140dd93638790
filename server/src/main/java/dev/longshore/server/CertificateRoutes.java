package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.server.pki.CertificateState;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Renewal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;

/// What the control socket says and does about the cluster's own certificates.
final class CertificateRoutes {

    private static final int STARTING = 503;
    private static final int UNKNOWN = 404;
    private static final int FAILED = 500;

    /// What there is as soon as the server is up.
    record Kept(ClusterKeys keys, Renewal renewal) {}

    private final Supplier<Optional<Kept>> kept;

    CertificateRoutes(Supplier<Optional<Kept>> kept) {
        this.kept = kept;
    }

    /// `GET /certificates`: all of them.
    Response list(Request request) {
        return kept.get().map(now -> said(now.keys.states())).orElseGet(CertificateRoutes::starting);
    }

    /// `POST /certificates/renew?name=…`, of any number of names: answers with those that were renewed.
    Response renew(Request request) throws IOException {
        request.body().readAllBytes();
        Optional<Kept> now = kept.get();
        if (now.isEmpty()) {
            return starting();
        }
        try {
            List<String> renewed = now.get().renewal.renew(names(request.query()));
            return said(now.get().keys.states().stream()
                    .filter(state -> renewed.contains(state.name()))
                    .toList());
        } catch (IllegalArgumentException unknown) {
            return Response.text(UNKNOWN, unknown.getMessage());
        } catch (IOException unwritable) {
            return Response.text(FAILED, "cannot write: " + unwritable.getMessage());
        }
    }

    private static List<String> names(Query query) {
        return query.all("name");
    }

    private static Response said(List<CertificateState> states) {
        ArrayNode all = Json.array();
        states.forEach(state -> all.add(state.json()));
        return Response.json(200, Json.bytes(all));
    }

    private static Response starting() {
        return Response.text(STARTING, "the server is still starting: try again in a moment");
    }
}
