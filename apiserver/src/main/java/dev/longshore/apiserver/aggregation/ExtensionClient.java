package dev.longshore.apiserver.aggregation;

import dev.longshore.apiserver.relay.Deadline;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.ServiceRouter;
import dev.longshore.model.ServiceRouter.Address;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Asks extension servers on our own behalf. What they send is kept within bounds of size and time.
final class ExtensionClient {

    private static final UserInfo MASTER =
            new UserInfo("system:kube-aggregator", "", List.of(UserInfo.MASTERS), Map.of());
    private static final UserInfo READER = new UserInfo("system:aggregator", "", List.of(), Map.of());

    private final ServiceRouter router;
    private final Registry registry;
    private final ExtensionDialers dialers;
    private final Time time;

    ExtensionClient(ServiceRouter router, Registry registry, ExtensionDialers dialers, Time time) {
        this.router = router;
        this.registry = registry;
        this.dialers = dialers;
        this.time = time;
    }

    /// As whom we ask.
    enum As {
        /// Who may read everything: for discovery.
        MASTER,
        /// Somebody who is known, and no more: for descriptions.
        READER
    }

    /// What to ask for.
    ///
    /// @param limit of the whole exchange
    /// @param mostBytes that the answer may have
    record Question(As as, String path, Headers headers, Duration limit, int mostBytes) {}

    /// A whole answer.
    ///
    /// @param url who gave it
    record Answer(String url, int status, Headers headers, byte[] body) {}

    /// There was no answer.
    static final class NoAnswerException extends Exception {
        NoAnswerException(String why) {
            super(why);
        }
    }

    /// Asks one of the servers behind `registration`.
    ///
    /// @throws NoAnswerException with the reason in the words that conditions have
    Answer ask(ApiRegistration registration, Question question) throws NoAnswerException, InterruptedException {
        Address address = resolve(registration);
        String url = "https://" + address.host() + ":" + address.port() + question.path();
        try (Deadline deadline = Deadline.begin(time, question.limit())) {
            try {
                return exchange(dialers.to(registration, address), url, question);
            } catch (IOException failed) {
                boolean isOver = deadline.isOver();
                if (!isOver && Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException("given up while asking " + url);
                }
                String why = isOver
                        ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                        : Reasons.of(failed, address);
                throw new NoAnswerException(
                        "failing or missing response from %s: Get \"%s\": %s".formatted(url, url, why));
            } catch (ExtensionDialers.UnreadableTrustException unreadable) {
                throw new NoAnswerException(unreadable.getMessage());
            }
        }
    }

    private Address resolve(ApiRegistration registration) throws NoAnswerException {
        try {
            return router.resolve(registry, registration.destination().orElseThrow());
        } catch (FaultException nobody) {
            throw new NoAnswerException(nobody.fault().message());
        }
    }

    private static Answer exchange(HttpDialer dialer, String url, Question question) throws IOException {
        Headers headers = ProxyHeaders.identified(question.headers(), question.as() == As.MASTER ? MASTER : READER);
        try (var answer = dialer.exchange(HttpDialer.Call.of("GET", question.path(), headers), Duration.ZERO)) {
            byte[] body = answer.body().readNBytes(question.mostBytes());
            if (body.length == question.mostBytes() && answer.body().read() >= 0) {
                throw new IOException("the answer is larger than " + question.mostBytes() + " bytes");
            }
            return new Answer(url, answer.status(), answer.headers(), body);
        }
    }
}
