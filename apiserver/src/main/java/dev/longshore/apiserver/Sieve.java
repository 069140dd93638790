package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Picks, of objects that come in the order of their keys, those that are selected, up to a limit. What must be
/// converted before it can be judged waits until there are many of them, so that whoever converts is asked
/// once. For one thread.
final class Sieve {

    private static final int MANY = 500;

    private final Selection selection;
    private final long limit;
    private final boolean isJudgedAsServed;
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<StoredObject> objects = new ArrayList<>();
    private final List<Resource> served = new ArrayList<>();
    private Key last;
    private boolean isCut;

    private record Waiting(Key key, StoredObject stored) {}

    /// @param limit of how many are picked; none if 0
    Sieve(Selection selection, long limit) {
        this.selection = selection;
        this.limit = limit;
        ResourceDefinition definition = selection.definition();
        this.isJudgedAsServed = definition.storage().conversion().revives()
                && selection.fields().requirements().stream()
                        .anyMatch(requirement -> !Traits.isInBytes(definition, requirement.field()));
    }

    /// Takes the next one. False if no more are wanted.
    boolean take(Key key, StoredObject stored) {
        waiting.add(new Waiting(key, stored));
        long together = !isJudgedAsServed ? 1 : limit > 0 ? Math.min(limit, MANY) : MANY;
        if (waiting.size() >= together) {
            judge();
        }
        return !isCut;
    }

    /// There are no more.
    void end() {
        judge();
    }

    private void judge() {
        ResourceDefinition definition = selection.definition();
        List<Resource> converted = isJudgedAsServed
                ? Versions.served(
                        definition, waiting.stream().map(Waiting::stored).toList())
                : List.of();
        for (int i = 0; i < waiting.size() && !isCut; i++) {
            StoredObject stored = waiting.get(i).stored;
            if (limit > 0 && objects.size() == limit) {
                isCut = true;
            } else if (isJudgedAsServed ? selection.fits(converted.get(i)) : fits(stored)) {
                objects.add(stored);
                last = waiting.get(i).key;
                if (isJudgedAsServed) {
                    served.add(converted.get(i));
                }
            }
        }
        waiting.clear();
    }

    private boolean fits(StoredObject stored) {
        return selection.isEverything() || selection.fits(new Traits.OfStored(selection.definition(), stored));
    }

    List<StoredObject> objects() {
        return objects;
    }

    /// The same, as they are served, if they were judged so.
    Optional<List<Resource>> served() {
        return isJudgedAsServed ? Optional.of(served) : Optional.empty();
    }

    /// True if there are more than the limit.
    boolean isCut() {
        return isCut;
    }

    /// The key of the last one that was picked.
    Key last() {
        return last;
    }
}
