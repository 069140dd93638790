package dev.longshore.builder.output;

import dev.longshore.images.Reference;
import java.util.ArrayList;
import java.util.List;

/// Everything that comes out of one build.
public record Outputs(List<Output> all) {

    /// An image in the store, which is what there is if nobody says otherwise.
    public static final Outputs USUAL = new Outputs(List.of(new Output.ToStore(List.of(), false)));

    public Outputs {
        all = List.copyOf(all);
    }

    /// True if an image stays in the store.
    public boolean isStored() {
        return all.stream().anyMatch(Output.ToStore.class::isInstance);
    }

    /// What the image in the store is called, besides the build's own names.
    public List<Reference> storedNames() {
        var names = new ArrayList<Reference>();
        for (Output output : all) {
            if (output instanceof Output.ToStore stored) {
                names.addAll(stored.names());
            }
        }
        return names;
    }

    /// True if the image's names are pushed.
    public boolean isPushed() {
        return all.stream().anyMatch(output -> output instanceof Output.ToStore stored && stored.push());
    }
}
