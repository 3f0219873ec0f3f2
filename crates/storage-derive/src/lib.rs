//! `#[derive(FromRow)]` for `storage`: each field is read from the column of its name. A field marked `#[row(nested)]` is a
//! struct of its own that reads its columns from the same row.

use proc_macro::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, parse_macro_input};

/// Implements `storage::FromRow` for a struct with named fields.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let name = &input.ident;
    let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return syn::Error::new_spanned(name, "FromRow is for structs with named fields")
            .to_compile_error()
            .into();
    };
    let reads = fields.named.iter().map(|field| {
        let ident = &field.ident;
        let column = ident.as_ref().map(ToString::to_string);
        if field.attrs.iter().any(|attribute| attribute.path().is_ident("row")) {
            quote! { #ident: ::storage::FromRow::from_row(row)? }
        } else {
            quote! { #ident: row.get(#column)? }
        }
    });
    quote! {
        impl ::storage::FromRow for #name {
            fn from_row(row: &mut ::storage::Row<'_>) -> ::core::result::Result<Self, ::storage::Fault> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    }
    .into()
}
