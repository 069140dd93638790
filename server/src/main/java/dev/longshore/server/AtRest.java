package dev.longshore.server;

import dev.longshore.apiserver.encryption.EncryptionConfiguration;
import dev.longshore.apiserver.encryption.SealedStore;
import dev.longshore.apiserver.encryption.StoredResources;
import dev.longshore.base.FollowedFiles;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.http.Response;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.server.config.AtRestOptions;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Encryption of what one API server stores: begins where [#over] is given the store, follows the file from [#start]
/// on, and tells on the control socket what is under which key.
final class AtRest implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AtRest.class);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final String NOTHING =
            "nothing is encrypted here: start with `longshore up --encryption-provider-config FILE`";

    private final AtRestOptions options;
    private final Time time;
    private final SecureRandom randomness;
    private volatile Optional<SealedStore> sealed = Optional.empty();
    private volatile Optional<FollowedFiles> followed = Optional.empty();

    AtRest(AtRestOptions options, Time time, SecureRandom randomness) {
        this.options = options;
        this.time = time;
        this.randomness = randomness;
    }

    /// What the API server shall work on; `store` itself if nothing is encrypted.
    ///
    /// @param builtIn all resources that are built in
    /// @throws CommandFailure when the file says what cannot be
    Store over(Store store, List<ResourceDefinition> builtIn) {
        if (options.file().isEmpty()) {
            return store;
        }
        Path file = options.file().get();
        try {
            FollowedFiles.Content known = FollowedFiles.read(List.of(file));
            var made =
                    new SealedStore(store, StoredResources.of(builtIn), EncryptionConfiguration.read(file, randomness));
            sealed = Optional.of(made);
            followed = Optional.of(new FollowedFiles(List.of(file), known, LOOK, new Following(file, made), time));
            return made;
        } catch (IOException | IllegalArgumentException wrong) {
            throw new CommandFailure("--encryption-provider-config: " + wrong.getMessage(), wrong);
        }
    }

    /// From now on the file is looked at, if it shall be.
    void start() {
        if (options.reloads()) {
            followed.ifPresent(FollowedFiles::start);
        }
    }

    /// A file that cannot be read leaves everything as it is; each change is tried, and told, once.
    private final class Following implements FollowedFiles.Reader {
        private final Path file;
        private final SealedStore store;

        Following(Path file, SealedStore store) {
            this.file = file;
            this.store = store;
        }

        @Override
        public boolean changed(FollowedFiles.Content now) {
            try {
                store.replace(EncryptionConfiguration.read(file, randomness));
                log.info("read the keys of {} again", file);
            } catch (IllegalArgumentException wrong) {
                log.warn("the keys stay as they were: {}", wrong.getMessage());
            }
            return true;
        }

        @Override
        public void unreadable(IOException why) {
            log.warn("the keys stay as they were: {}", why.toString());
        }
    }

    /// `GET /encryption`: how many objects are under which key.
    Response status() {
        return answer(store -> {
            ObjectNode counts = Json.object();
            store.count().forEach((resource, keys) -> {
                ObjectNode shown = counts.putObject(resource);
                keys.forEach((key, count) -> shown.put(key, count.longValue()));
            });
            return counts;
        });
    }

    /// `POST /encryption/rewrite`: how many were written anew.
    Response rewrite() {
        return answer(store -> {
            ObjectNode written = Json.object();
            for (Map.Entry<String, Long> resource : store.rewrite().entrySet()) {
                written.put(resource.getKey(), resource.getValue());
            }
            return written;
        });
    }

    private Response answer(java.util.function.Function<SealedStore, ObjectNode> question) {
        if (sealed.isEmpty()) {
            return Response.text(409, NOTHING);
        }
        try {
            return Response.json(200, Json.bytes(question.apply(sealed.get())));
        } catch (StoreException closed) {
            return Response.text(500, closed.getMessage());
        }
    }

    @Override
    public void close() {
        followed.ifPresent(FollowedFiles::close);
    }
}
