package dev.longshore.kubelet.serving;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.Filter;
import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.kubelet.cluster.AccessApi;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets in who may do to this node what they ask for. The API server and cluster administrators are known by their
/// certificates; of everybody else, who shows a certificate or a token, the cluster is asked. That a certificate is
/// of the cluster's own authority has been seen to by TLS.
///
/// What the cluster said is kept for a while, as long as kubelets keep it.
public final class AccessGate implements Filter {

    private static final Logger log = LoggerFactory.getLogger(AccessGate.class);

    private static final String API_SERVER = "kube-apiserver-kubelet-client";
    private static final String BEARER = "Bearer ";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int UNDECIDED = 500;

    private static final Duration TOKENS_KEPT = Duration.ofMinutes(2);
    private static final Duration GRANTS_KEPT = Duration.ofMinutes(5);
    private static final Duration REFUSALS_KEPT = Duration.ofSeconds(30);
    private static final int MOST_KEPT = 1024;

    private final AccessApi access;
    private final Kept<String, Optional<UserInfo>> tokens;
    private final Kept<Question, Boolean> answers;

    private record Question(UserInfo user, String verb, String subresource) {}

    /// Asks `access`.
    public AccessGate(AccessApi access, Time time) {
        this.access = requireNonNull(access, "access");
        this.tokens = new Kept<>(MOST_KEPT, time);
        this.answers = new Kept<>(MOST_KEPT, time);
    }

    @Override
    public Response handle(Request request, Handler next) throws IOException, InterruptedException {
        Optional<Response> refusal;
        try {
            refusal = refusal(request);
        } catch (RuntimeException unanswered) {
            log.warn("who asks for {} {} could not be found out", request.method(), request.path(), unanswered);
            refusal = Optional.of(Response.text(UNAUTHORIZED, "Unauthorized"));
        }
        return refusal.isPresent() ? refusal.get() : next.handle(request);
    }

    private Optional<Response> refusal(Request request) {
        Optional<UserInfo> user = identify(request);
        if (user.isEmpty()) {
            return Optional.of(Response.text(UNAUTHORIZED, "Unauthorized"));
        }
        String verb = NodeRights.verb(request.method());
        List<String> subresources = NodeRights.subresources(request.path());
        if (isKnown(user.get())) {
            return Optional.empty();
        }
        for (String subresource : subresources) {
            try {
                if (allows(user.get(), verb, subresource)) {
                    return Optional.empty();
                }
            } catch (RuntimeException unanswered) {
                log.warn(
                        "whether {} {} is allowed could not be found out",
                        request.method(),
                        request.path(),
                        unanswered);
                return Optional.of(Response.text(
                        UNDECIDED,
                        "Authorization error (user=%s, verb=%s, resource=nodes, subresource=%s)"
                                .formatted(user.get().name(), verb, subresource)));
            }
        }
        return Optional.of(Response.text(
                FORBIDDEN,
                "Forbidden (user=%s, verb=%s, resource=nodes, subresource(s)=[%s])\n"
                        .formatted(user.get().name(), verb, String.join(" ", subresources))));
    }

    private Optional<UserInfo> identify(Request request) {
        List<X509Certificate> chain = request.peer().certificates();
        if (!chain.isEmpty()) {
            return CertificateNames.user(chain.getFirst());
        }
        return request.headers()
                .first("Authorization")
                .filter(credentials -> credentials.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(credentials -> credentials.substring(BEARER.length()).strip())
                .filter(token -> !token.isEmpty())
                .flatMap(token -> tokens.get(token, access::user, known -> TOKENS_KEPT));
    }

    /// About these the cluster need not be asked, which may be about to ask us.
    private static boolean isKnown(UserInfo user) {
        return user.groups().contains(UserInfo.MASTERS) || user.name().equals(API_SERVER);
    }

    private boolean allows(UserInfo user, String verb, String subresource) {
        return answers.get(
                new Question(user, verb, subresource),
                asked -> access.allows(asked.user, asked.verb, asked.subresource),
                isAllowed -> isAllowed ? GRANTS_KEPT : REFUSALS_KEPT);
    }
}
