package dev.longshore.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FlowUpkeepTest {

    private static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";

    private final Shelf shelf = new Shelf();
    private final ManualTime time = new ManualTime();
    private final FlowUpkeep upkeep = new FlowUpkeep(shelf, new FlowControl(600, time), time);

    @BeforeEach
    void maintain() {
        upkeep.maintain();
    }

    private Resource low() {
        return shelf.get(FlowUpkeep.LEVELS, "", "workload-low").orElseThrow();
    }

    private static void setShares(Resource level, int shares) {
        ((ObjectNode) level.at("spec", "limited")).put("nominalConcurrencyShares", shares);
    }

    private int shares() {
        return low().at("spec", "limited", "nominalConcurrencyShares").asInt();
    }

    @Test
    void writesNothingWhenAllIsAsItShallBe() {
        long before = shelf.writes;
        upkeep.maintain();

        assertThat(shelf.writes).isEqualTo(before);
    }

    @Test
    void bringsBackWhatWasDeleted() {
        shelf.delete(FlowUpkeep.LEVELS, "", "workload-low", Optional.empty());
        upkeep.maintain();

        assertThat(shares()).isEqualTo(100);
    }

    @Test
    void putsRightWhatIsStillOurs() {
        shelf.change(FlowUpkeep.LEVELS, "", "workload-low", level -> {
            setShares(level, 7);
            return level;
        });
        upkeep.maintain();

        assertThat(shares()).isEqualTo(100);
    }

    @Test
    void leavesAloneWhatAnAdministratorTookOver() {
        shelf.change(FlowUpkeep.LEVELS, "", "workload-low", level -> {
            setShares(level, 7);
            level.metadata().putObject("annotations").put(AUTO_UPDATE, "false");
            return level;
        });
        upkeep.maintain();

        assertThat(shares()).isEqualTo(7);
    }

    @Test
    void takesAChangedObjectWithoutAnnotationAsTakenOver() {
        shelf.change(FlowUpkeep.LEVELS, "", "workload-low", level -> {
            setShares(level, 7);
            level.metadata().remove("annotations");
            level.metadata().put("generation", 2);
            return level;
        });
        upkeep.maintain();

        assertThat(shares()).isEqualTo(7);
        assertThat(low().annotations()).containsEntry(AUTO_UPDATE, "false");
    }

    @Test
    void alwaysPutsTheMandatoryOnesRight() {
        shelf.change(FlowUpkeep.SCHEMAS, "", "catch-all", schema -> {
            schema.object("spec").put("matchingPrecedence", 1);
            schema.metadata().putObject("annotations").put(AUTO_UPDATE, "false");
            return schema;
        });
        upkeep.maintain();

        Resource schema = shelf.get(FlowUpkeep.SCHEMAS, "", "catch-all").orElseThrow();
        assertThat(schema.at("spec", "matchingPrecedence").asInt()).isEqualTo(10_000);
        assertThat(schema.annotations()).containsEntry(AUTO_UPDATE, "true");
    }

    @Test
    void removesWhatAnotherReleaseLeft() {
        Resource old = Resource.of(BootstrapFlows.LEVEL, "", "of-old");
        old.metadata().putObject("annotations").put(AUTO_UPDATE, "true");
        shelf.create(old);
        shelf.create(Resource.of(BootstrapFlows.LEVEL, "", "of-an-administrator"));
        upkeep.maintain();

        assertThat(shelf.get(FlowUpkeep.LEVELS, "", "of-old")).isEmpty();
        assertThat(shelf.get(FlowUpkeep.LEVELS, "", "of-an-administrator")).isPresent();
    }

    @Test
    void tellsOfEachSchemaOnceWhetherItsLevelExists() {
        upkeep.reload();
        long before = shelf.writes;
        upkeep.reload();

        assertThat(shelf.writes).isEqualTo(before);
        assertThat(shelf.get(FlowUpkeep.SCHEMAS, "", "probes").orElseThrow().at("status", "conditions"))
                .hasSize(1);
    }

    /// Objects in memory.
    private static final class Shelf implements Registry {
        private final Map<String, Resource> objects = new TreeMap<>();
        private long writes;

        private static String key(GroupResource resource, String name) {
            return resource.resource() + "/" + name;
        }

        @Override
        public Optional<Resource> get(GroupResource resource, String namespace, String name) {
            return Optional.ofNullable(objects.get(key(resource, name))).map(Resource::copy);
        }

        @Override
        public List<Resource> list(GroupResource resource, String namespace) {
            return objects.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(resource.resource() + "/"))
                    .map(entry -> entry.getValue().copy())
                    .toList();
        }

        @Override
        public Resource create(Resource object) {
            boolean isSchema = object.kind().equals(BootstrapFlows.SCHEMA);
            writes++;
            object.metadata().put("generation", 1);
            objects.put(key(isSchema ? FlowUpkeep.SCHEMAS : FlowUpkeep.LEVELS, object.name()), object.copy());
            return object;
        }

        @Override
        public Resource change(GroupResource resource, String namespace, String name, UnaryOperator<Resource> change) {
            Resource old = get(resource, namespace, name)
                    .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
            Resource changed = change.apply(old);
            writes++;
            objects.put(key(resource, name), changed);
            return changed;
        }

        @Override
        public void delete(GroupResource resource, String namespace, String name, Optional<Long> gracePeriodSeconds) {
            writes++;
            objects.remove(key(resource, name));
        }

        @Override
        public ObjectNode changeRecord(String key, UnaryOperator<ObjectNode> change) {
            throw new UnsupportedOperationException(key);
        }

        @Override
        public ObjectNode record(String key) {
            return Json.object();
        }
    }
}
