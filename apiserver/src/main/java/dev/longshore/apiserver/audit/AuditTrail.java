package dev.longshore.apiserver.audit;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.AuditNotes;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Follows one request through its stages and tells of each what the policy wants told. Whatever is said before the
/// policy has judged is kept for later stages. Thread-safe: rules of admission write notes from where they like.
///
/// ```
/// begin ─► judge ─► received ─► (impersonated, notes, sent) ─► answered ─► started ─► complete
///             │                                                    │
///             └─► refused: one event, as soon as the answer is known                panic
/// ```
public final class AuditTrail implements AuditNotes {

    /// Who asks as long as that is not known.
    public static final UserInfo NOBODY = new UserInfo("", "", List.of(), Map.of());

    private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);
    private static final Duration SLOW = Duration.ofMillis(500);
    private static final int LONGEST_AGENT = 1024;

    /// What a part of the server took.
    private record Lap(String layer, long nanos) {}

    private final Auditing auditing;
    private final Request request;
    private final String id;
    private final boolean isLongRunning;
    private final Instant received;
    private final long begun;
    private final TreeMap<String, String> notes = new TreeMap<>();
    private final TreeMap<String, String> requestNotes = new TreeMap<>();
    private final List<Lap> laps = new ArrayList<>(4);
    private Optional<AuditPolicy.Ruling> ruling = Optional.empty();
    private AuditEvent.Line line = new AuditEvent.Line("", "", List.of(), "");
    private UserInfo user = NOBODY;
    private Optional<AuditEvent.Acting> impersonated = Optional.empty();
    private Optional<ObjectReference> subject = Optional.empty();
    private Optional<ObjectNode> status = Optional.empty();
    private Optional<byte[]> sent = Optional.empty();
    private Optional<byte[]> answered = Optional.empty();
    private boolean isRefused;
    private boolean isOver;

    AuditTrail(Auditing auditing, Request request, String id, boolean isLongRunning) {
        this.auditing = auditing;
        this.request = request;
        this.id = id;
        this.isLongRunning = isLongRunning;
        this.received = auditing.time().now();
        this.begun = auditing.time().nanoTime();
    }

    /// Asks the policy how much of it is told. Called once, as soon as it is known who asks.
    public synchronized void judge(Attributes asked) {
        AuditPolicy.Ruling judged = auditing.policy().judge(asked);
        auditing.tally().judged(judged.level());
        ruling = Optional.of(judged);
        if (judged.level() == AuditLevel.NONE) {
            return;
        }
        String agent = request.headers().first("User-Agent").orElse("");
        line = new AuditEvent.Line(
                request.rawTarget(),
                asked.verb(),
                SourceAddresses.of(request),
                agent.length() > LONGEST_AGENT ? agent.substring(0, LONGEST_AGENT) + "...TRUNCATED" : agent);
        user = asked.user();
        subject = asked.isResource() ? Optional.of(ObjectReference.of(asked)) : Optional.empty();
    }

    /// Tells that it came.
    ///
    /// @return false if it must be refused, as nobody would learn of it
    public boolean received() {
        if (tell(event(AuditStage.REQUEST_RECEIVED))) {
            return true;
        }
        auditing.tally().reject();
        end();
        return false;
    }

    private synchronized void end() {
        isOver = true;
    }

    /// It is refused before it is known who asks: one event tells of it.
    ///
    /// @param asked as [#NOBODY]
    public synchronized void refused(Attributes asked, String why) {
        judge(asked);
        isRefused = true;
        status = Optional.of(said().put("message", why));
    }

    /// It is taken as if `other` asked.
    ///
    /// @param constraint the verb that allowed it, where that was one of a constrained way; else empty
    public synchronized void impersonated(UserInfo other, String constraint) {
        impersonated = Optional.of(new AuditEvent.Acting(other, constraint));
    }

    @Override
    public synchronized void add(Level level, String key, String value) {
        var kept = level == Level.METADATA ? notes : requestNotes;
        String before = kept.putIfAbsent(key, value);
        if (before != null && !before.equals(value)) {
            log.warn(
                    "Failed to set annotations[\"{}\"] to \"{}\" for audit:\"{}\", it has already been set to \"{}\"",
                    key,
                    value,
                    id,
                    before);
        }
    }

    @Override
    public <T> T timed(String layer, Supplier<T> work) {
        long since = auditing.time().nanoTime();
        try {
            return work.get();
        } finally {
            took(layer, auditing.time().nanoTime() - since);
        }
    }

    /// A part of the server, named as in `apiserver.latency.k8s.io/NAME`, took so long.
    @Override
    public synchronized void took(String layer, long nanos) {
        laps.add(new Lap(layer, nanos));
    }

    /// True if the policy wants at least `level`.
    public synchronized boolean tells(AuditLevel level) {
        return ruling.filter(
                        each -> each.level() != AuditLevel.NONE && each.level().covers(level))
                .isPresent();
    }

    /// `object` came with the request; it is not kept.
    ///
    /// @param defaults fills in what it leaves out, of a copy
    public synchronized void sent(Resource object, UnaryOperator<Resource> defaults) {
        if (!tells(AuditLevel.METADATA)) {
            return;
        }
        subject = subject.map(known -> known.with(object));
        if (tells(AuditLevel.REQUEST)) {
            JsonNode told = defaults.apply(object.copy()).tree();
            if (omitsManagedFields()) {
                AuditedObjects.dropManagedFields(told);
            }
            sent = Optional.of(AuditedObjects.bytes(told));
        }
    }

    /// A patch, or options, came with the request.
    public synchronized void sentPart(JsonNode part) {
        if (tells(AuditLevel.REQUEST)) {
            sent = Optional.of(AuditedObjects.bytes(part));
        }
    }

    private boolean omitsManagedFields() {
        return ruling.filter(AuditPolicy.Ruling::omitManagedFields).isPresent();
    }

    /// `response` is the answer: tells of it, at once or when it is through.
    ///
    /// @param objects reads what is answered as a whole
    public Response answered(Response response, AuditedObjects objects) {
        if (!tells(AuditLevel.METADATA) || isOver()) {
            return response;
        }
        return new AuditedAnswer(this, auditing.time(), request.method().equals("HEAD")).follow(response, objects);
    }

    /// It ends without an answer: whoever asked has left.
    public void abandoned() {
        complete();
    }

    private synchronized boolean isOver() {
        return isOver;
    }

    /// A whole answer is known.
    synchronized void whole(Response.Full response, AuditedObjects objects) {
        boolean tellsObject = tells(AuditLevel.REQUEST_RESPONSE);
        var found = objects.read(response, line.verb(), tellsObject, omitsManagedFields());
        found.status().ifPresent(known -> status = Optional.of(known));
        answered = found.object();
        code(response.status());
    }

    synchronized void code(int code) {
        status = Optional.of(status.orElseGet(AuditTrail::said).put("code", code));
    }

    /// The answer's head goes out.
    void started() {
        if (isLongRunning || isRefused()) {
            tell(event(AuditStage.RESPONSE_STARTED));
        }
    }

    private synchronized boolean isRefused() {
        return isRefused;
    }

    /// The answer is through; only the first time counts.
    void complete() {
        if (closedEarly()) {
            started();
        }
        tell(last());
    }

    private synchronized boolean closedEarly() {
        if (isOver || isRefused || status.isPresent()) {
            return false;
        }
        status = Optional.of(said().put("status", "Success")
                .put("message", "Connection closed early")
                .put("code", 200));
        return true;
    }

    private synchronized Optional<AuditEvent> last() {
        if (isOver || isRefused) {
            isOver = true;
            return Optional.empty();
        }
        noteLatencies();
        isOver = true;
        return event(AuditStage.RESPONSE_COMPLETE);
    }

    /// A mistake of ours ended it.
    public void panicked(Throwable mistake) {
        tell(panic(mistake));
    }

    private synchronized Optional<AuditEvent> panic(Throwable mistake) {
        if (isOver) {
            return Optional.empty();
        }
        isOver = true;
        status = Optional.of(said().put("status", "Failure")
                .put("message", "APIServer panic'd: " + mistake)
                .put("reason", "InternalError")
                .put("code", 500));
        return event(AuditStage.PANIC);
    }

    private static ObjectNode said() {
        ObjectNode said = Json.object();
        said.putObject("metadata");
        return said;
    }

    private void noteLatencies() {
        Duration total = Duration.ofNanos(auditing.time().nanoTime() - begun);
        if (total.compareTo(SLOW) <= 0 || laps.isEmpty()) {
            return;
        }
        var layers = new TreeMap<String, Long>();
        laps.forEach(lap -> layers.merge(lap.layer(), lap.nanos(), Long::sum));
        layers.values().removeIf(nanos -> nanos == 0);
        layers.forEach(
                (layer, nanos) -> add("apiserver.latency.k8s.io/" + layer, GoDurations.print(Duration.ofNanos(nanos))));
        add("apiserver.latency.k8s.io/total", GoDurations.print(total));
    }

    /// Not under our lock: it may take long.
    ///
    /// @return false if the event is lost
    private boolean tell(Optional<AuditEvent> event) {
        if (event.isEmpty()) {
            return true;
        }
        auditing.tally().event();
        return auditing.sink().take(List.of(event.get()));
    }

    /// Empty if the policy does not want it.
    private synchronized Optional<AuditEvent> event(AuditStage stage) {
        if (!tells(AuditLevel.METADATA) || ruling.orElseThrow().omitStages().contains(stage)) {
            return Optional.empty();
        }
        var told = new TreeMap<>(notes);
        if (tells(AuditLevel.REQUEST)) {
            requestNotes.forEach(told::putIfAbsent);
        }
        return Optional.of(new AuditEvent(
                ruling.orElseThrow().level(),
                id,
                stage,
                line,
                user,
                impersonated,
                subject,
                status.map(ObjectNode::deepCopy),
                sent,
                answered,
                received,
                stage == AuditStage.REQUEST_RECEIVED
                        ? received
                        : auditing.time().now(),
                told));
    }
}
