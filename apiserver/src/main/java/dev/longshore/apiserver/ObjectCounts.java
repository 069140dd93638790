package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.ResourceDefinition;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// How many objects of each resource there are, counted now and then; their size is that of the first few.
final class ObjectCounts {

    private static final int SAMPLE = 16;

    private final Machine machine;
    private volatile Map<GroupResource, RequestWidths.Stock> stocks = Map.of();

    ObjectCounts(Machine machine) {
        this.machine = machine;
    }

    Optional<RequestWidths.Stock> of(GroupResource resource) {
        return Optional.ofNullable(stocks.get(resource));
    }

    /// Counts anew.
    void refresh() {
        var counted = new HashMap<GroupResource, RequestWidths.Stock>();
        for (ResourceDefinition definition : machine.catalog().all()) {
            if (definition.virtual().isEmpty() && !counted.containsKey(definition.resource())) {
                count(definition).ifPresent(stock -> counted.put(definition.resource(), stock));
            }
        }
        stocks = Map.copyOf(counted);
    }

    private Optional<RequestWidths.Stock> count(ResourceDefinition definition) {
        try {
            ObjectStore.Page page =
                    machine.objects.list(Versions.keys(definition).range(""), 0, SAMPLE);
            long bytes = page.entries().stream()
                    .mapToLong(entry -> entry.object().json().length)
                    .sum();
            int seen = page.entries().size();
            return Optional.of(new RequestWidths.Stock(page.count(), seen == 0 ? 0 : bytes / seen));
        } catch (FaultException unreadable) {
            return Optional.empty();
        }
    }
}
