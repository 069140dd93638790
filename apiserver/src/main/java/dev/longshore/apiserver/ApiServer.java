package dev.longshore.apiserver;

import dev.longshore.apiserver.aggregation.ApiRegistration;
import dev.longshore.apiserver.audit.AuditTrail;
import dev.longshore.apiserver.audit.AuditedObjects;
import dev.longshore.apiserver.audit.Auditing;
import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.apiserver.relay.AuditId;
import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.AuditNotes;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.OpenResources;
import dev.longshore.model.Registry;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import dev.longshore.model.UserInfo;
import dev.longshore.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Kubernetes API over a store: who asks, may they, what do they want, done. It names no kind.
///
/// ```
/// Request ─► RequestInfo ─► Identification ─► Impersonation ─► FlowGate ─► Permission ─► endpoint ─► Response
///                                                                              │
///                      Creation, Update, Deletion, Lists, Watches ─────────────┘
///                                         │
///                             ObjectStore, WatchCaches ─► Store
/// ```
public final class ApiServer implements Handler, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> PROXY_METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");
    /// 400 for reads and 200 for writes, which all share today.
    private static final int SEATS = 600;

    private final Machine machine;
    private final Identification identification;
    private final Permission permission;
    private final Impersonation impersonation;
    private final ResourceEndpoint objects;
    private final SubresourceEndpoint subresources;
    private final Health health;
    private final PathEndpoint paths;
    private final TimeLimit timeLimit;
    private final FlowGate gate;
    private final FlowKeeper keeper;
    private final CustomResources customResources;
    private final Optional<Aggregation> aggregation;
    private final Upkeeping upkeeping;
    private final Optional<Auditing> auditing;
    private final AuditedObjects audited;
    private volatile boolean isClosed;

    /// Serves what `config` says, with the seats of a kube-apiserver. Nothing is started: work begins with the
    /// first request.
    public ApiServer(ApiServerConfig config) {
        this(config, SEATS);
    }

    /// As [#ApiServer(ApiServerConfig)]; `seats` is how many requests may be worked on at once.
    public ApiServer(ApiServerConfig config, int seats) {
        this(config, seats, Optional.empty());
    }

    /// As the other; `auditing`, which is not closed with the server, is told of every request.
    public ApiServer(ApiServerConfig config, int seats, Optional<Auditing> auditing) {
        this.auditing = auditing;
        audited = new AuditedObjects(config.codecs());
        machine = new Machine(config);
        var access = new AccessMeters(machine.time);
        identification = new Identification(
                config.authenticators().apply(machine.registry), config.beside().entrance(), access);
        permission = new Permission(config.authorizers().apply(machine.registry), access);
        machine.metrics.also(access::families);
        machine.metrics.also(identification::metrics);
        machine.metrics.also(permission::metrics);
        impersonation = new Impersonation(permission);
        objects = new ResourceEndpoint(machine, permission);
        subresources = new SubresourceEndpoint(machine, objects, new Conversations(config.dialer(), permission));
        var control = new FlowControl(seats, machine.time);
        var counts = new ObjectCounts(machine);
        health = new Health(config.store(), machine.caches);
        aggregation = Aggregation.of(machine, config, health);
        upkeeping = new Upkeeping(machine, config.beside().upkeep(), health);
        paths = new PathEndpoint(
                machine, config, health, control, aggregation, new AuditMetrics(auditing.map(Auditing::tally)));
        timeLimit = new TimeLimit(machine.time);
        gate = new FlowGate(control, new RequestWidths(counts::of), machine.time);
        keeper = new FlowKeeper(machine, control, counts);
        customResources = new CustomResources(machine, config.customKinds());
    }

    /// The machine's objects, for those who work inside.
    public Registry registry() {
        return machine.registry;
    }

    /// Whether the server is well; where those who prepare it say when they have.
    public Health health() {
        return health;
    }

    /// Tells what `families` says at `/metrics`, too.
    public void measure(Supplier<List<MetricFamily>> families) {
        machine.metrics.also(families);
    }

    /// Goes on answering, but is not ready any more: load balancers shall look elsewhere.
    public void stopping() {
        health.stopping();
    }

    @Override
    public Response handle(Request asked) throws IOException, InterruptedException {
        var auditId = new AuditId(auditId(asked));
        RequestInfo info = RequestInfo.of(asked);
        Optional<AuditTrail> trail = auditing.map(log -> log.begin(asked, auditId.text(), info.isLongRunning()));
        Request named = asked.with(AuditId.class, auditId);
        Request request =
                trail.map(known -> named.with(AuditTrail.class, known)).orElse(named);
        var visit = new FlowGate.Visit();
        Metrics.Measurement measurement = machine.metrics.begin(request, info, definition(info));
        boolean isAnswered = false;
        try {
            Response answered = visit.mark(guarded(request, () -> limited(visit, request, info)));
            isAnswered = true;
            Response marked = measurement.answered(Answers.with(answered, AuditId.HEADER, auditId.text()));
            return trail.map(known -> known.answered(marked, audited)).orElse(marked);
        } finally {
            if (!isAnswered) {
                measurement.failed();
                trail.ifPresent(AuditTrail::abandoned);
            }
        }
    }

    private Optional<ResourceDefinition> definition(RequestInfo info) {
        return info.isResource()
                ? machine.catalog().find(info.group(), info.version(), info.resource())
                : Optional.empty();
    }

    /// The client's own, or a new one.
    private String auditId(Request request) {
        return request.headers()
                .first(AuditId.HEADER)
                .filter(given -> !given.isEmpty())
                .orElseGet(() -> new UUID(machine.randomness.nextLong(), machine.randomness.nextLong()).toString());
    }

    /// Refuses new requests and ends every watch; the store stays open.
    @Override
    public void close() {
        isClosed = true;
        customResources.close();
        aggregation.ifPresent(Aggregation::close);
        upkeeping.close();
        keeper.close();
        machine.caches.close();
    }

    private Response guarded(Request request, TimeLimit.Work work) throws IOException, InterruptedException {
        try {
            return work.run();
        } catch (FaultException refused) {
            return Answers.fault(request, refused.fault(), machine.encodings);
        } catch (UndecidedException undecided) {
            log.warn("whether {} {} is allowed was not found out", request.method(), request.path(), undecided);
            return undecided.answer(request);
        } catch (StoreException | UncheckedIOException failed) {
            log.error("{} {} failed", request.method(), request.path(), failed);
            return failed(request, failed.getMessage());
        } catch (RuntimeException bug) {
            log.error("{} {} failed", request.method(), request.path(), bug);
            trail(request).ifPresent(known -> known.panicked(bug));
            // What it was is for the log: clients learn nothing of our insides.
            return failed(request, "an unexpected condition");
        }
    }

    private Response failed(Request request, String why) {
        return Answers.fault(request, new Fault.Internal("Internal error occurred: " + why), machine.encodings);
    }

    private Response limited(FlowGate.Visit visit, Request request, RequestInfo info)
            throws IOException, InterruptedException {
        if (isClosed) {
            throw new FaultException(new Fault.Unavailable("apiserver is shutting down."));
        }
        keeper.startOnce();
        customResources.startOnce();
        aggregation.ifPresent(Aggregation::startOnce);
        upkeeping.startOnce();
        Optional<Duration> limit = limit(request, info);
        TimeLimit.Work work = () -> admitted(visit, request, info, limit);
        return limit.isPresent() ? timeLimit.within(limit.get(), work) : work.run();
    }

    /// A limit that is no duration is told of before it is known who asks.
    private static Optional<Duration> limit(Request request, RequestInfo info) {
        try {
            return TimeLimit.of(request, info);
        } catch (FaultException refused) {
            trail(request)
                    .ifPresent(known -> known.refused(
                            info.attributes(AuditTrail.NOBODY), refused.fault().message()));
            throw refused;
        }
    }

    private static Optional<AuditTrail> trail(Request request) {
        return request.attribute(AuditTrail.class);
    }

    private Response admitted(FlowGate.Visit visit, Request request, RequestInfo info, Optional<Duration> limit)
            throws IOException, InterruptedException {
        var watch = new Stopwatch(trail(request), machine.time);
        Identification.Identified real = identified(request, info);
        watch.lap("authentication");
        Optional<AuditTrail> trail = trail(request);
        trail.ifPresent(known -> known.judge(info.attributes(real.user())));
        if (trail.isPresent() && !trail.get().received()) {
            return UntoldRequest.answer(request);
        }
        watch.restart();
        Impersonation.Acting acting = impersonation.effective(info.attributes(real.user()), real.request());
        UserInfo user = acting.user();
        trail.filter(known -> user != real.user()).ifPresent(known -> known.impersonated(user, acting.constraint()));
        watch.lap("impersonation");
        Authorizer.Attributes asked = info.attributes(user);
        Response response = gate.pass(visit, acting.request(), info, asked, limit, seated -> {
            watch.lap("apf-queue-wait");
            permission.require(asked, notes(request));
            watch.lap("authorization");
            return answer(TokenProtocol.stripped(seated), info, user);
        });
        return real.warnings().isEmpty() ? response : Answers.warned(response, real.warnings());
    }

    private static AuditNotes notes(Request request) {
        return trail(request).<AuditNotes>map(known -> known).orElse(AuditNotes.IGNORED);
    }

    private Identification.Identified identified(Request request, RequestInfo info) {
        try {
            return identification.identify(request);
        } catch (FaultException unknown) {
            trail(request)
                    .ifPresent(known ->
                            known.refused(info.attributes(AuditTrail.NOBODY), Identification.attempted(request)));
            throw unknown;
        }
    }

    private Response answer(Request request, RequestInfo info, UserInfo user) throws IOException, InterruptedException {
        Optional<ApiRegistration> foreign = aggregation.flatMap(others -> others.foreign(request.path()));
        if (foreign.isPresent()) {
            return aggregation.orElseThrow().forward(foreign.get(), request, info, user);
        }
        if (aggregation.filter(others -> others.isHidden(request.path())).isPresent()) {
            return PathEndpoint.noSuchPath();
        }
        if (!info.isResource()) {
            return pathAnswer(request, user);
        }
        Optional<ResourceDefinition> found = definition(info);
        boolean isOfNoGroup = found.isEmpty()
                && machine.catalog().of(info.group(), info.version()).isEmpty();
        if (isOfNoGroup) {
            return PathEndpoint.noSuchPath();
        }
        ResourceDefinition definition = found.orElseThrow(() -> new FaultException(new Fault.NoSuchPath()));
        Optional<OpenResources> open = OpenResources.of(definition);
        if (open.isPresent()) {
            return new OpenEndpoint(machine).answer(request, info, open.get());
        }
        requireMethod(request, info, definition);
        if (!isConversation(definition, info)) {
            new WriteOptions(request).check();
        }
        var warnings = new ArrayList<String>();
        if (!definition.deprecation().isEmpty()) {
            warnings.add(definition.deprecation());
            Deprecation.note(definition.deprecation(), notes(request));
        }
        var call = new Call(
                user,
                Exchange.isDryRun(request),
                warnings,
                notes(request),
                TimeLimit.ofWrite(request, info, machine.time));
        var exchange = new Exchange(request, info, definition, call, representation(request, definition, info));
        Response response = info.subresource().isEmpty() ? objects.answer(exchange) : subresources.answer(exchange);
        return Answers.warned(response, call.warnings());
    }

    private Response pathAnswer(Request request, UserInfo user) throws IOException, InterruptedException {
        if (aggregation.isPresent()) {
            Optional<Response> described = aggregation.get().described(request, user);
            if (described.isPresent()) {
                return described.get();
            }
        }
        return paths.answer(request);
    }

    /// What a conversation's query says is for the back end.
    private static boolean isConversation(ResourceDefinition definition, RequestInfo info) {
        return definition
                .subresource(info.subresource())
                .filter(sub -> sub instanceof Subresource.Action action && action.isConversation())
                .isPresent();
    }

    /// Only back ends take other methods than those that act on objects.
    private static void requireMethod(Request request, RequestInfo info, ResourceDefinition definition) {
        boolean isProxy = definition
                .subresource(info.subresource())
                .filter(sub -> sub instanceof Subresource.Action action && action.answer() == Subresource.Answer.PROXY)
                .isPresent();
        if (!(isProxy ? PROXY_METHODS : METHODS).contains(request.method())) {
            throw ResourceEndpoint.methodNotAllowed();
        }
    }

    /// A conversation's answer is whatever the back end says, so nothing is refused for it.
    private Representation representation(Request request, ResourceDefinition definition, RequestInfo info) {
        Optional<Subresource> subresource = definition.subresource(info.subresource());
        boolean isAction =
                subresource.filter(Subresource.Action.class::isInstance).isPresent();
        boolean isWatch = info.verb().equals("watch");
        Encodings all = machine.encodings;
        Encodings own = all.of(definition.kind());
        boolean isReview =
                definition.virtual().isPresent() && !definition.verbs().contains("get");
        boolean hasObjects = !isAction && !isReview;
        var offer = new Representation.Offer(own, hasObjects ? all : own, hasObjects, isWatch);
        return isConversation(definition, info)
                ? Representation.find(request, offer).orElse(Representation.PLAIN)
                : Representation.of(request, offer);
    }
}
