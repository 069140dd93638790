package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.autoscaler.Instance;
import dev.longshore.autoscaler.ProviderException;
import dev.longshore.base.Time;
import dev.longshore.server.config.HollowGroup;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;

class HollowNodeGroupTest {

    private final Set<String> running = new ConcurrentSkipListSet<>();
    private final Set<String> forgotten = new ConcurrentSkipListSet<>();
    private boolean isBroken;

    @Test
    void beginsWithAsManyNodesAsConfiguredAndGrows() {
        var group = group("name=w,min=1,max=4,initial=2");
        assertThat(group.begin(List.of())).isEmpty();
        awaitRunning("w-1", "w-2");

        group.increaseSize(2);
        awaitRunning("w-1", "w-2", "w-3", "w-4");
        assertThat(group.targetSize()).isEqualTo(4);
        assertThatThrownBy(() -> group.increaseSize(1))
                .isInstanceOf(ProviderException.class)
                .hasMessage("size increase too large, desired: 5 max: 4");
        group.close();
        assertThat(running).isEmpty();
        assertThat(forgotten).isEmpty();
    }

    @Test
    void takesUpTheNodesOfAnEarlierRunAndGivesUpWhatIsTooMuch() {
        var group = group("name=w,min=2,max=2");

        assertThat(group.begin(List.of("w-7", "w-9", "w-11"))).containsExactly("w-9");
        awaitRunning("w-11", "w-7");
        group.deleteNodes(List.of("w-7"));
        group.increaseSize(1);
        awaitRunning("w-11", "w-12");
        assertThat(forgotten).containsExactly("w-7");
    }

    @Test
    void fillsUpToTheMinimumIfFewerAreLeft() {
        group("name=w,min=3,max=5,initial=5").begin(List.of("w-2"));

        awaitRunning("w-2", "w-3", "w-4");
    }

    @Test
    void aNodeThatDoesNotComeUpSaysWhyAndCanBeGivenUp() {
        isBroken = true;
        var group = group("name=w,min=0,max=2");
        group.increaseSize(1);

        await().untilAsserted(() -> assertThat(group.instances())
                .singleElement()
                .satisfies(instance -> {
                    assertThat(instance.state()).isEqualTo(Instance.State.CREATING);
                    assertThat(instance.failure()).contains(new Instance.Failure("startFailed", "no port left"));
                }));
        group.deleteNodes(List.of("w-1"));
        assertThat(group.targetSize()).isZero();
        assertThatThrownBy(() -> group.deleteNodes(List.of("w-1"))).hasMessage("node w-1 is not in group w");
    }

    @Test
    void aShortageRefusesEveryWish() {
        var group = group("name=w,max=2,shortage=nothing left");

        assertThatThrownBy(() -> group.increaseSize(1)).hasMessage("nothing left");
        assertThat(group.targetSize()).isZero();
    }

    private void awaitRunning(String... names) {
        await().untilAsserted(() -> assertThat(running).containsExactly(names));
    }

    private HollowNodeGroup group(String text) {
        var maker = new HollowNodeGroup.Maker() {
            @Override
            public AutoCloseable start(String name, HollowGroup group) throws IOException {
                if (isBroken) {
                    throw new IOException("no port left");
                }
                running.add(name);
                return () -> running.remove(name);
            }

            @Override
            public void forget(String name) {
                forgotten.add(name);
            }
        };
        return new HollowNodeGroup(HollowGroup.parse(text), maker, Time.system());
    }
}
