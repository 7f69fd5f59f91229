import GantryPlugin

/// The plugins that this binary knows; a section of `config.json` enables one.
let builtinPlugins: [PluginFactory] = []
