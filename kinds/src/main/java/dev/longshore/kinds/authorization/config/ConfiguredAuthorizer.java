package dev.longshore.kinds.authorization.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Digest;
import dev.longshore.base.FollowedFiles;
import dev.longshore.base.Time;
import dev.longshore.kinds.authorization.AbacAuthorizer;
import dev.longshore.kinds.authorization.AuthorizationMeters;
import dev.longshore.kinds.authorization.ChainAuthorizer;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Entry;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Hook;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.Mode;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.kinds.authorization.webhook.WebhookAuthorizer;
import dev.longshore.model.Authorizer;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides as it was configured, and as its file says from a second after it has changed. A file that makes no sense,
/// or lacks one of the modes that the server began with, changes nothing. Thread-safe.
public final class ConfiguredAuthorizer implements Authorizer {

    private static final Logger log = LoggerFactory.getLogger(ConfiguredAuthorizer.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Parts parts;
    private final AuthorizationChoice choice;
    private final Set<Mode> begun;
    private final Optional<AbacAuthorizer> abac;
    private final String serverHash;
    private volatile Running running;
    private final Optional<FollowedFiles> followed;

    /// What it decides with.
    ///
    /// @param node of the mode Node
    /// @param roles of the mode RBAC
    /// @param finder finds back ends
    /// @param serverId whose configuration this is, for what is counted
    public record Parts(
            Authorizer node,
            Authorizer roles,
            ReviewCall.Finder finder,
            AuthorizationMeters meters,
            Time time,
            RandomGenerator randomness,
            String serverId) {}

    private record Running(ChainAuthorizer chain, List<ReviewCall> calls, AuthorizationConfiguration configuration) {}

    /// As `choice` has it.
    ///
    /// @throws IllegalArgumentException when a file that the choice names cannot be used
    public ConfiguredAuthorizer(Parts parts, AuthorizationChoice choice) {
        this.parts = parts;
        this.choice = choice;
        this.begun = choice.configuration().modes();
        this.abac = begun.contains(Mode.ABAC)
                ? Optional.of(AbacAuthorizer.read(Path.of(choice.policyFile())))
                : Optional.empty();
        this.serverHash = hash(parts.serverId);
        this.running = built(choice.configuration());
        this.followed = choice.file()
                .map(file -> new FollowedFiles(
                        List.of(file),
                        new FollowedFiles.Content(List.of(choice.text())),
                        PAUSE,
                        new Following(file),
                        parts.time));
        if (choice.file().isPresent()) {
            parts.meters.inUse(serverHash, hash(choice.text()));
        }
    }

    @Override
    public Decision authorize(Attributes attributes) {
        follow();
        return running.chain.authorize(attributes);
    }

    @Override
    public Rules rules(UserInfo user, String namespace) {
        follow();
        return running.chain.rules(user, namespace);
    }

    @Override
    public List<MetricFamily> metrics() {
        return parts.meters.families();
    }

    /// Whoever asks first after a while looks at the file, so that nobody must be started and stopped for that.
    private void follow() {
        followed.ifPresent(FollowedFiles::look);
    }

    /// Looks whether the file has changed.
    void look() {
        followed.orElseThrow().lookNow();
    }

    private final class Following implements FollowedFiles.Reader {
        private final Path file;

        Following(Path file) {
            this.file = file;
        }

        @Override
        public boolean changed(FollowedFiles.Content now) {
            try {
                String text = now.texts().getFirst();
                AuthorizationConfiguration configuration = AuthorizationFile.read(text, begun);
                if (!configuration.equals(running.configuration)) {
                    take(configuration, text);
                    log.info("authorization is configured anew, as {} says", file);
                }
            } catch (IllegalArgumentException unusable) {
                failed(unusable);
            }
            return true;
        }

        @Override
        public void unreadable(IOException why) {
            failed(why);
        }

        private void failed(Exception unusable) {
            parts.meters.reloaded(false, serverHash);
            log.error("{} cannot be used: authorization stays as it is", file, unusable);
        }
    }

    private void take(AuthorizationConfiguration configuration, String text) {
        Running before = running;
        running = built(configuration);
        before.calls.forEach(ReviewCall::close);
        parts.meters.reloaded(true, serverHash);
        parts.meters.inUse(serverHash, hash(text));
    }

    private Running built(AuthorizationConfiguration configuration) {
        var chain = new ArrayList<Authorizer>();
        var calls = new ArrayList<ReviewCall>();
        try {
            for (Entry entry : configuration.authorizers()) {
                chain.add(counted(entry, authorizer(entry, calls)));
            }
        } catch (IllegalArgumentException unusable) {
            calls.forEach(ReviewCall::close);
            throw unusable;
        }
        return new Running(new ChainAuthorizer(chain), List.copyOf(calls), configuration);
    }

    private Authorizer counted(Entry entry, Authorizer authorizer) {
        String type = entry.mode().text();
        return new Counted(
                authorizer,
                parts.meters.decisions(type, entry.name(), "allowed"),
                parts.meters.decisions(type, entry.name(), "denied"));
    }

    private Authorizer authorizer(Entry entry, List<ReviewCall> calls) {
        requireBegun(entry.mode());
        return switch (entry.mode()) {
            case NODE -> parts.node;
            case RBAC -> parts.roles;
            case ABAC -> abac.orElseThrow();
            case ALWAYS_ALLOW -> new SameForAll(true);
            case ALWAYS_DENY -> new SameForAll(false);
            case WEBHOOK -> webhook(entry.name(), entry.hook().orElseThrow(), calls);
        };
    }

    /// What must be prepared at the start is not there later.
    private void requireBegun(Mode mode) {
        boolean isPrepared = mode == Mode.NODE || mode == Mode.RBAC || mode == Mode.ABAC;
        if (isPrepared && !begun.contains(mode)) {
            throw new IllegalArgumentException("authorizer type " + mode.text()
                    + " is not allowed if it was not enabled at initial server startup");
        }
    }

    private Authorizer webhook(String name, Hook hook, List<ReviewCall> calls) {
        if (hook.kubeconfig().isEmpty()) {
            throw new IllegalArgumentException("authorizer " + name
                    + ": connectionInfo must be of type KubeConfigFile; an API server is in no cluster but its own");
        }
        ReviewCall call = parts.finder.find(hook.kubeconfig());
        calls.add(call);
        var settings = new WebhookAuthorizer.Settings(
                name,
                hook.authorizedLife(),
                hook.unauthorizedLife(),
                hook.timeout(),
                hook.version(),
                hook.deniesOnError(),
                hook.conditions());
        return new WebhookAuthorizer(settings, call, parts.meters, parts.time, parts.randomness);
    }

    private static String hash(String text) {
        return text.isEmpty() ? "" : Digest.sha256(text.getBytes(UTF_8)).toString();
    }

    /// Counts opinions.
    private record Counted(Authorizer authorizer, LongAdder allowed, LongAdder denied) implements Authorizer {
        @Override
        public Decision authorize(Attributes attributes) {
            Decision decision = authorizer.authorize(attributes);
            switch (decision) {
                case Decision.Allow _ -> allowed.increment();
                case Decision.Deny _ -> denied.increment();
                case Decision.NoOpinion _ -> {
                    // Others decide.
                }
            }
            return decision;
        }

        @Override
        public Rules rules(UserInfo user, String namespace) {
            return authorizer.rules(user, namespace);
        }
    }

    /// Everything or nothing.
    private record SameForAll(boolean allows) implements Authorizer {
        private static final List<String> ALL = List.of("*");

        @Override
        public Decision authorize(Attributes attributes) {
            return allows ? new Decision.Allow("") : new Decision.NoOpinion("Everything is forbidden.");
        }

        @Override
        public Rules rules(UserInfo user, String namespace) {
            return allows
                    ? new Rules(List.of(new ResourceRule(ALL, ALL, ALL, List.of())), List.of(new PathRule(ALL, ALL)))
                    : Rules.NONE;
        }
    }
}
