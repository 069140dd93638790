package dev.longshore.server.pki;

import dev.longshore.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews the cluster's own certificates before they end, while everything goes on. Nothing is dropped: connections
/// that are open stay, new ones show the new certificate. What fails is tried again soon, and the log says so.
/// Thread-safe.
public final class Renewal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Renewal.class);

    /// The machine may sleep meanwhile, or its clock be set.
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final String ALL = "all";

    /// Writes down elsewhere what certificates there are: the kubeconfig, what pods believe in.
    public interface Follower {
        /// Called after each look and each renewal; does nothing when nothing has changed.
        void follow() throws IOException;
    }

    private final ClusterKeys keys;
    private final List<Follower> followers;
    private final Time time;
    private Optional<Time.Timer> timer = Optional.empty();
    private boolean isClosed;

    /// Renews those of `keys`, then tells `followers`.
    public Renewal(ClusterKeys keys, List<Follower> followers, Time time) {
        this.keys = keys;
        this.followers = List.copyOf(followers);
        this.time = time;
    }

    /// Looks for the first time, at once, and then whenever something is due.
    public synchronized void start() {
        look();
    }

    private synchronized void look() {
        if (isClosed) {
            return;
        }
        boolean isDone = renewed();
        Duration left = Duration.between(time.now(), keys.nextDue());
        Duration wait = left.compareTo(LONGEST) > 0 ? LONGEST : left;
        if (!isDone || wait.isNegative()) {
            wait = RETRY;
        }
        timer = Optional.of(time.schedule(wait, this::look));
    }

    private boolean renewed() {
        try {
            keys.renewDue();
            tell();
            return true;
        } catch (IOException | RuntimeException failed) {
            log.error("certificates cannot be renewed, which is tried again: {}", failed.toString());
            return false;
        }
    }

    /// Renews those that are named, or with `all` every one but the authorities, whether they are due or not.
    ///
    /// @return what they are called
    /// @throws IllegalArgumentException when there is none called so; then nothing is renewed
    /// @throws IOException when one cannot be written; those before it are renewed
    public synchronized List<String> renew(List<String> names) throws IOException {
        List<String> meant = chosen(names, keys.states());
        for (String name : meant) {
            keys.renew(name);
        }
        tell();
        return meant;
    }

    /// What `names` mean among `states`.
    ///
    /// @throws IllegalArgumentException as [#renew]
    public static List<String> chosen(List<String> names, List<CertificateState> states) {
        var chosen = new ArrayList<String>();
        List<CertificateState> ours =
                states.stream().filter(state -> !state.isExternal()).toList();
        for (String name : names) {
            if (name.equals(ALL)) {
                ours.stream()
                        .filter(state -> !state.isAuthority())
                        .map(CertificateState::name)
                        .forEach(chosen::add);
            } else if (ours.stream().anyMatch(state -> state.name().equals(name))) {
                chosen.add(name);
            } else if (states.stream().anyMatch(state -> state.name().equals(name))) {
                throw new IllegalArgumentException(
                        "the certificate %s is not this cluster's: renew it where it was made".formatted(name));
            } else {
                throw new IllegalArgumentException("no certificate is called %s; there are %s, and all"
                        .formatted(
                                name,
                                String.join(
                                        ", ",
                                        ours.stream()
                                                .map(CertificateState::name)
                                                .toList())));
            }
        }
        return chosen.stream().distinct().toList();
    }

    private void tell() throws IOException {
        for (Follower follower : followers) {
            follower.follow();
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.ifPresent(Time.Timer::cancel);
    }
}
