//! Chained settings: `AlignConfig::default().with_neighbours(4).with_crossing(true)`.

/// Gives a configuration a method `with_FIELD` for each field that is listed.
///
/// `with_name: name = Type;` takes the value, `with_name: name = into Type;` whatever converts into it,
/// such as a value for an `Option`.
macro_rules! setters {
    ($config:ident { $($fields:tt)* }) => {
        impl $config {
            $crate::setters::setters!(@methods $config, $($fields)*);
        }
    };
    (@methods $config:ident, $(#[$doc:meta])* $method:ident: $field:ident = into $value:ty; $($rest:tt)*) => {
        $crate::setters::setters!(@method $config, $(#[$doc])* $method, $field, impl Into<$value>, .into());
        $crate::setters::setters!(@methods $config, $($rest)*);
    };
    (@methods $config:ident, $(#[$doc:meta])* $method:ident: $field:ident = $value:ty; $($rest:tt)*) => {
        $crate::setters::setters!(@method $config, $(#[$doc])* $method, $field, $value,);
        $crate::setters::setters!(@methods $config, $($rest)*);
    };
    (@methods $config:ident,) => {};
    (@method $config:ident, $(#[$doc:meta])* $method:ident, $field:ident, $value:ty, $($into:tt)*) => {
        #[doc = concat!(
            " Sets [`", stringify!($field), "`](field@", stringify!($config), "::", stringify!($field), ")."
        )]
        $(#[$doc])*
        pub fn $method(mut self, $field: $value) -> $config {
            self.$field = $field $($into)*;
            self
        }
    };
}

pub(crate) use setters;
