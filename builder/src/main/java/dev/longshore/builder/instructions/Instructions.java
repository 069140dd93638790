package dev.longshore.builder.instructions;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Every instruction there is. To add one, write its file and list it here.
public final class Instructions {

    private static final List<Instruction> ALL = List.of(
            new Add(),
            new Arg(),
            new Cmd(),
            new Copy(),
            new Entrypoint(),
            new Env(),
            new Expose(),
            new From(),
            new Healthcheck(),
            new Label(),
            new Maintainer(),
            new OnBuild(),
            new Run(),
            new Shell(),
            new StopSignal(),
            new User(),
            new Volume(),
            new WorkDir());

    private static final Map<String, Instruction> BY_KEYWORD =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Instruction::keyword, Function.identity()));

    private Instructions() {}

    /// Their names.
    public static Set<String> keywords() {
        return BY_KEYWORD.keySet();
    }

    /// The one called `keyword`, which is one of [#keywords].
    public static Instruction of(String keyword) {
        return BY_KEYWORD.get(keyword);
    }
}
