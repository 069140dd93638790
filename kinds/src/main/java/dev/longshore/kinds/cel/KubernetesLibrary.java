package dev.longshore.kinds.cel;

import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The functions that expressions have in Kubernetes beside those of the language. Thread-safe.
final class KubernetesLibrary implements CelCompilerLibrary, CelRuntimeLibrary {

    private static final List<CelFunction> ALL = all();

    private static List<CelFunction> all() {
        var all = new ArrayList<CelFunction>();
        all.addAll(ListLibrary.all());
        all.addAll(RegexLibrary.all());
        all.addAll(UrlLibrary.all());
        all.addAll(QuantityLibrary.all());
        all.addAll(AddressLibrary.all());
        all.addAll(SemverLibrary.all());
        all.addAll(FormatLibrary.all());
        all.addAll(AuthorizerLibrary.all());
        all.add(StringFormat.function());
        return List.copyOf(all);
    }

    @Override
    public void setCheckerOptions(CelCheckerBuilder builder) {
        Map<String, List<CelOverloadDecl>> byName = new LinkedHashMap<>();
        ALL.forEach(function -> byName.computeIfAbsent(function.name(), first -> new ArrayList<>())
                .add(function.declaration()));
        byName.forEach((name, overloads) ->
                builder.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(name, overloads)));
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder builder) {
        builder.addFunctionBindings(ALL.stream().map(CelFunction::binding).toArray(CelFunctionBinding[]::new));
    }
}
