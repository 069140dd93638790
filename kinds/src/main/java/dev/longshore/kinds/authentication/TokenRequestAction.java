package dev.longshore.kinds.authentication;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import dev.longshore.model.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// `serviceaccounts/token`: makes a token, bound to a pod, secret or node if asked.
public final class TokenRequestAction implements SubresourceAction {

    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");
    private static final GroupVersionKind KIND = new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest");
    private static final long HOUR = 3600;
    private static final long SHORTEST = 600;
    private static final long LONGEST = 1L << 32;

    /// What admission asks for in pods; nobody else asks for just this.
    private static final long OF_ADMISSION = HOUR + 7;

    private static final Duration EXTENDED = Duration.ofDays(365);

    private final KindsContext context;
    private final TokenSigner signer;

    /// With the cluster's keys.
    public TokenRequestAction(KindsContext context) {
        this.context = context;
        this.signer = new TokenSigner(context);
    }

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        Resource request = invocation
                .body()
                .orElseThrow(() -> new FaultException(new Fault.BadRequest("a TokenRequest was expected")));
        requireNames(request, invocation);
        Resource account = registry.get(ACCOUNTS, invocation.namespace(), invocation.name())
                .orElseThrow(() -> new FaultException(new Fault.NotFound(ACCOUNTS, invocation.name())));
        requireSame(request, account);
        long asked = Trees.number(request.tree(), HOUR, "spec", "expirationSeconds");
        requireSensible(asked);
        Optional<BoundObject> bound = BoundObject.of(registry, account, request);
        long seconds = limited(call, asked);
        List<String> audiences = Trees.strings(request.tree(), "spec", "audiences");
        List<String> effective = audiences.isEmpty() ? context.audiences() : audiences;
        Instant now = context.time().now();
        String token = signer.sign(account, grant(effective, seconds, bound));
        return new Result.Answer(201, answer(request, account, effective, seconds, now, token));
    }

    private static void requireNames(Resource request, Invocation invocation) {
        if (!request.name().isEmpty() && !request.name().equals(invocation.name())) {
            throw invalid(
                    invocation.name(),
                    Cause.invalid(
                            "metadata.name",
                            Cause.quote(request.name()),
                            "must match the service account name if specified"));
        }
        if (!request.namespace().isEmpty() && !request.namespace().equals(invocation.namespace())) {
            throw invalid(
                    invocation.name(),
                    Cause.invalid(
                            "metadata.namespace",
                            Cause.quote(request.namespace()),
                            "must match the service account namespace if specified"));
        }
    }

    private static void requireSame(Resource request, Resource account) {
        if (!request.uid().isEmpty() && !request.uid().equals(account.uid())) {
            throw new FaultException(new Fault.Conflict(
                    new GroupResource(KIND.group(), KIND.kind()),
                    account.name(),
                    "the UID in the token request (" + request.uid()
                            + ") does not match the UID of the service account (" + account.uid() + ")"));
        }
    }

    private static void requireSensible(long seconds) {
        if (seconds < SHORTEST) {
            throw invalid(
                    "",
                    Cause.invalid(
                            "spec.expirationSeconds",
                            Long.toString(seconds),
                            "may not specify a duration less than 10 minutes"));
        }
        if (seconds > LONGEST) {
            throw invalid(
                    "",
                    Cause.invalid(
                            "spec.expirationSeconds",
                            Long.toString(seconds),
                            "may not specify a duration larger than 2^32 seconds"));
        }
    }

    private long limited(Call call, long seconds) {
        long longest = context.tokens().longest().toSeconds();
        if (longest == 0 || seconds <= longest) {
            return seconds;
        }
        call.warnings().add("requested expiration of " + seconds + " seconds shortened to " + longest + " seconds");
        return longest;
    }

    /// Tokens that admission asked for live longer than they say, so that programs which never read them again go on
    /// for a while.
    private TokenSigner.Grant grant(List<String> audiences, long seconds, Optional<BoundObject> bound) {
        boolean isExtended = context.tokens().isExtended()
                && seconds == OF_ADMISSION
                && bound.filter(each -> each.object().text("kind").equals("Pod"))
                        .isPresent()
                && Set.copyOf(context.audiences()).containsAll(audiences);
        Duration life = Duration.ofSeconds(seconds);
        return new TokenSigner.Grant(
                audiences,
                isExtended ? EXTENDED : life,
                isExtended ? Optional.of(life) : Optional.empty(),
                bound.map(BoundObject::object),
                bound.flatMap(BoundObject::node));
    }

    private static Resource answer(
            Resource request, Resource account, List<String> audiences, long seconds, Instant now, String token) {
        Resource answer = request.copy();
        answer.tree().put("apiVersion", KIND.apiVersion()).put("kind", KIND.kind());
        answer.metadata()
                .put("name", account.name())
                .put("namespace", account.namespace())
                .put("uid", account.uid())
                .put("creationTimestamp", Times.print(now));
        ObjectNode spec = answer.object("spec");
        spec.put("expirationSeconds", seconds);
        audiences.forEach(spec.putArray("audiences")::add);
        answer.tree()
                .putObject("status")
                .put("token", token)
                .put("expirationTimestamp", Times.print(now.plusSeconds(seconds)));
        return answer;
    }

    private static FaultException invalid(String name, Cause cause) {
        return new FaultException(new Fault.Invalid(KIND, name, List.of(cause)));
    }
}
