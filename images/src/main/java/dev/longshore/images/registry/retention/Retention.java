package dev.longshore.images.registry.retention;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Manifest;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies [RetentionRules] to a registry. What a container uses stays, with its tags. Runs beside everything else:
/// what is pushed meanwhile is young.
public final class Retention {

    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    private final RegistryStorage storage;
    private final RetentionRules rules;
    private final Time time;

    /// For what lies in `storage`.
    public Retention(RegistryStorage storage, RetentionRules rules, Time time) {
        this.storage = storage;
        this.rules = rules;
        this.time = time;
    }

    /// What went, or would have gone.
    public record Swept(int tags, int manifests, RegistryStorage.Freed freed) {}

    /// Applies the rules once, then frees what nothing needs.
    public Swept sweep() throws IOException, InterruptedException {
        int tags = 0;
        int manifests = 0;
        for (String name : storage.repositories()) {
            Reference repository = Reference.parse(name);
            try {
                tags += sweepTags(repository);
                manifests += sweepManifests(repository);
            } catch (ImageFaultException changed) {
                log.info("{} changed while it was swept: {}", name, changed.getMessage());
            }
        }
        return new Swept(tags, manifests, storage.collect());
    }

    private record Aged(String tag, Digest target, Instant pushed) {}

    private int sweepTags(Reference repository) throws IOException, InterruptedException {
        var byRule = new HashMap<RetentionRules.Rule, List<Aged>>();
        for (String tag : storage.tags(repository)) {
            Optional<RetentionRules.Rule> rule = ruleOf(repository, tag);
            Optional<Digest> target = storage.target(repository.withTag(tag));
            if (rule.isPresent() && target.isPresent()) {
                byRule.computeIfAbsent(rule.get(), absent -> new ArrayList<>())
                        .add(new Aged(tag, target.get(), storage.pushed(repository, target.get())));
            }
        }
        int swept = 0;
        for (Map.Entry<RetentionRules.Rule, List<Aged>> each : byRule.entrySet()) {
            List<Aged> old = each.getValue().stream()
                    .sorted(Comparator.comparing(Aged::pushed).reversed().thenComparing(Aged::tag))
                    .skip(each.getKey().keep())
                    .filter(aged -> isOlder(aged.pushed(), each.getKey().age()))
                    .toList();
            for (Aged aged : old) {
                swept += delete(repository, aged) ? 1 : 0;
            }
        }
        return swept;
    }

    private boolean delete(Reference repository, Aged aged) throws IOException, InterruptedException {
        Reference name = repository.withTag(aged.tag());
        boolean hasMoved = !storage.target(name).equals(Optional.of(aged.target()));
        if (hasMoved || storage.isUsed(repository, aged.target())) {
            return false;
        }
        if (rules.isDryRun()) {
            log.info("{} would go by rule: {}, pushed {}", name.familiar(), aged.target(), aged.pushed());
            return true;
        }
        log.info("{} goes by rule", name.familiar());
        boolean was = storage.deleteTag(name);
        boolean isNamed = tagged(repository).contains(aged.target());
        if (!isNamed) {
            storage.deleteManifest(repository.withDigest(aged.target()));
        }
        return was;
    }

    private int sweepManifests(Reference repository) throws IOException, InterruptedException {
        Set<Digest> manifests = storage.manifests(repository);
        Set<Digest> tagged = tagged(repository);
        int swept = 0;
        for (Digest manifest : manifests) {
            Optional<byte[]> bytes = storage.manifest(repository.withDigest(manifest));
            if (tagged.contains(manifest) || bytes.isEmpty()) {
                continue;
            }
            Optional<Digest> subject = Manifest.parse(bytes.get(), "").subject();
            boolean isOrphan = subject.isPresent() && !manifests.contains(subject.get());
            // What refers to a manifest that is here stays as long as that.
            Optional<Duration> life =
                    subject.isEmpty() ? rules.untagged() : isOrphan ? Optional.of(rules.orphans()) : Optional.empty();
            boolean isOver = life.isPresent() && isOlder(storage.pushed(repository, manifest), life.get());
            if (isOver && !storage.isUsed(repository, manifest)) {
                Reference name = repository.withDigest(manifest);
                if (rules.isDryRun()) {
                    log.info("{} would go: nobody names it", name.familiar());
                    swept++;
                    continue;
                }
                boolean isGone =
                        storage.deleteManifest(repository.withDigest(manifest)) == RegistryStorage.Removed.DONE;
                swept += isGone ? 1 : 0;
            }
        }
        return swept;
    }

    private Set<Digest> tagged(Reference repository) throws IOException, InterruptedException {
        var tagged = new HashSet<Digest>();
        for (String tag : storage.tags(repository)) {
            storage.target(repository.withTag(tag)).ifPresent(tagged::add);
        }
        return tagged;
    }

    private Optional<RetentionRules.Rule> ruleOf(Reference repository, String tag) {
        return rules.rules().stream()
                .filter(rule -> rule.repositories().fits(repository.familiarRepository())
                        && rule.tags().fits(tag))
                .findFirst();
    }

    private boolean isOlder(Instant pushed, Duration age) {
        return pushed.plus(age).isBefore(time.now());
    }
}
