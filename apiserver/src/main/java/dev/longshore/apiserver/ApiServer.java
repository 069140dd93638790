package dev.longshore.apiserver;

import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import dev.longshore.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Kubernetes API over a store: who asks, may they, what do they want, done. It names no kind.
///
/// ```
/// Request ─► RequestInfo ─► Identification ─► Impersonation ─► Permission ─► endpoint ─► Response
///                                                                              │
///                      Creation, Update, Deletion, Lists, Watches ─────────────┘
///                                         │
///                             ObjectStore, WatchCaches ─► Store
/// ```
public final class ApiServer implements Handler, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    private final Machine machine;
    private final Identification identification;
    private final Permission permission;
    private final Impersonation impersonation;
    private final ResourceEndpoint objects;
    private final SubresourceEndpoint subresources;
    private final PathEndpoint paths;
    private final Limits limits;

    /// Serves what `config` says. Nothing is started: work begins with the first request.
    public ApiServer(ApiServerConfig config) {
        machine = new Machine(config);
        identification = new Identification(config.authenticators().apply(machine.registry));
        permission = new Permission(config.authorizers().apply(machine.registry));
        impersonation = new Impersonation(permission);
        objects = new ResourceEndpoint(machine, permission);
        subresources = new SubresourceEndpoint(machine, objects, config.dialer());
        paths = new PathEndpoint(machine, config);
        limits = new Limits(machine.time);
    }

    /// The machine's objects, for those who work inside.
    public Registry registry() {
        return machine.registry;
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        RequestInfo info = RequestInfo.of(request);
        machine.metrics.began();
        int code = 500;
        try {
            Response response = guarded(request, info);
            code = response.status();
            return response;
        } finally {
            machine.metrics.ended(info, code);
        }
    }

    /// Ends every watch; the store stays open.
    @Override
    public void close() {
        machine.caches.close();
    }

    private Response guarded(Request request, RequestInfo info) throws IOException, InterruptedException {
        try {
            return limits.within(request, info, () -> answer(request, info));
        } catch (FaultException refused) {
            return Answers.fault(refused.fault());
        } catch (StoreException | UncheckedIOException failed) {
            log.error("{} {} failed", request.method(), request.path(), failed);
            return Answers.fault(new Fault.Internal("Internal error occurred: " + failed.getMessage()));
        } catch (RuntimeException bug) {
            log.error("{} {} failed", request.method(), request.path(), bug);
            return Answers.fault(new Fault.Internal("Internal error occurred: " + bug));
        }
    }

    private Response answer(Request request, RequestInfo info) throws IOException, InterruptedException {
        UserInfo real = identification.identify(request);
        UserInfo user = impersonation.effective(real, request);
        permission.require(info.attributes(user));
        if (!info.isResource()) {
            return paths.answer(request);
        }
        ResourceDefinition definition = machine.catalog()
                .find(info.group(), info.version(), info.resource())
                .orElseThrow(() -> new FaultException(new Fault.NoSuchPath()));
        var call = new Call(user, Exchange.isDryRun(request), new ArrayList<>());
        boolean isForObjects = info.subresource().isEmpty();
        var exchange =
                new Exchange(request, info, definition, call, representation(request, definition, info, isForObjects));
        Response response = info.subresource().isEmpty() ? objects.answer(exchange) : subresources.answer(exchange);
        return Answers.warned(response, call.warnings());
    }

    /// A conversation's answer is whatever the back end says, so nothing is refused for it.
    private static Representation representation(
            Request request, ResourceDefinition definition, RequestInfo info, boolean isForObjects) {
        boolean isAction = definition
                .subresource(info.subresource())
                .filter(dev.longshore.model.Subresource.Action.class::isInstance)
                .isPresent();
        try {
            return Representation.of(request, isForObjects);
        } catch (FaultException unacceptable) {
            if (isAction) {
                return Representation.PLAIN;
            }
            throw unacceptable;
        }
    }
}
